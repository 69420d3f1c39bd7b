"""A page of the console whose content a test decides, inside the real frame and its real scripts."""

import re
from dataclasses import dataclass, field

from playwright.sync_api import Page, Route

ADDRESS = "/admin/jobs"
_CONTENT = re.compile(r'(<div id="console-page">).*(</div>\s*(<p class="open-hint">.*?</p>\s*)?</main>)', re.DOTALL)


@dataclass
class Console:
    """What the server says next: `rows` by number, `note` in each, and `down` if it does not answer."""

    page: Page
    rows: list[int]
    note: str = "first"
    extra: str = ""
    down: bool = False
    reads: list[str] = field(default_factory=list)

    def open(self) -> None:
        self.page.route(re.compile(f"{ADDRESS}$"), self.answer)
        self.page.goto(ADDRESS)
        self.page.get_by_label("Refresh", exact=True).select_option("off")

    def refresh(self) -> None:
        """Have the page read itself again, and wait until it has."""
        with self.page.expect_response(re.compile(f"{ADDRESS}$")):
            self.page.get_by_role("button", name="Refresh now").click()

    def refresh_every(self, seconds: int) -> None:
        """Choose the rate, which reads the page at once."""
        with self.page.expect_response(re.compile(f"{ADDRESS}$")):
            self.page.get_by_label("Refresh", exact=True).select_option(f"every {seconds} s")

    def answer(self, route: Route) -> None:
        self.reads.append(route.request.url)
        if self.down:
            route.fulfill(status=502, body="<h1>Bad gateway</h1>", content_type="text/html")
            return
        address = route.request.url.partition("?")[0]
        real = route.fetch(url=address, headers={**route.request.headers, "if-none-match": ""})
        route.fulfill(response=real, body=_CONTENT.sub(lambda m: m[1] + self._content() + m[2], real.text()))

    def _content(self) -> str:
        rows = "".join(_row(number, self.note) for number in self.rows)
        return f"""<h1>Jobs</h1>
        <form role="search"><label for="q">Words</label><input type="search" id="q" name="q"></form>
        <div data-live="list"><table class="list"><caption>Jobs</caption><tbody>{rows}</tbody></table></div>
        <div data-live="extra">{self.extra}</div>"""


def _row(number: int, note: str) -> str:
    return f"""<tr id="job-{number}"><td>
      <input type="checkbox" id="pick-{number}" name="job_id" value="{number}" aria-label="Job {number}">
      <a href="/jobs/{number}" id="link-{number}">Job {number}</a> <span id="note-{number}">{note}</span>
      <details><summary id="more-{number}">More</summary>All of it</details></td></tr>"""
