"""Promises that every page keeps."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from services.analysing import submit_playlist, submit_song
from tests.conftest import MakePlaylist, MakeSong, RunJobs
from tests.pages.conftest import Judge
from tests.pages.markup import Markup

XSS = "<script>window.__xss=1</script>"
ROOT = Path(__file__).resolve().parents[2]
ADDRESSES = (
    "/songs/1/row",
    "/",
    "/?q=<script>window.__xss=1</script>",
    "/songs/new",
    "/songs/1",
    "/songs/1/edit",
    "/playlists",
    "/playlists/1",
    "/import",
    "/admin/queues",
    "/admin/recovery",
    "/admin/workers",
    "/admin/jobs",
    "/admin/jobs?q=<script>window.__xss=1</script>",
    "/admin/failures",
    "/admin/charts",
    "/admin/schedules",
    "/admin/audit",
    "/admin/people",
    "/admin/keys",
    "/sign-in",
    "/welcome/over",
    "/nowhere",
)
JOB_PAGES = ("/jobs/{}", "/admin/jobs/{}")
# These show nothing that people wrote.
QUIET = (
    "/songs/new",
    "/import",
    "/admin/queues",
    "/admin/recovery",
    "/admin/workers",
    "/admin/failures",
    "/admin/charts",
    "/admin/schedules",
    "/admin/audit",
    "/admin/people",
    "/admin/keys",
    "/sign-in",
    "/welcome/over",
    "/nowhere",
)


Pages = dict[str, str]


class Fields(Markup):
    """Notes of each tag whether a label is around it."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        super().handle_starttag(tag, [*attrs, ("in-label", "")] if "label" in self.open else attrs)


@pytest.fixture(scope="module")
def fetched() -> Pages:
    """What the first test has fetched, for the others: all of them only read it."""
    return {}


@pytest.fixture
def pages(request: pytest.FixtureRequest, fetched: Pages) -> Pages:
    return fetched or request.getfixturevalue("fetched_pages")


@pytest.fixture
def fetched_pages(
    client: FlaskClient,
    make_song: MakeSong,
    make_playlist: MakePlaylist,
    judge: Judge,
    run_jobs: RunJobs,
    fetched: Pages,
) -> Pages:
    """Each page's markup, of a library in which everything that people may write holds markup."""
    song = make_song(XSS, artist=XSS, album=XSS, lyrics=f"{XSS}\nplain")
    judge(song, findings=(("violence", 2, 1, "window", f'"{XSS}'),))
    other = make_song("Other")
    playlist_id = make_playlist(XSS, [song, other]).id
    submit_song(other.id)
    run_jobs()
    job_id = submit_playlist(playlist_id).job_id
    addresses = (*ADDRESSES, *(address.format(job_id) for address in JOB_PAGES))
    fetched |= {address: client.get(address).text for address in addresses}
    return fetched


def test_it_escapes_what_people_wrote(pages: Pages) -> None:
    for address, html in pages.items():
        assert XSS not in html, address
        assert "window.__xss" in html or address in QUIET, address


def test_it_keeps_to_the_content_security_policy(pages: Pages) -> None:
    for html in pages.values():
        page = Markup(html)
        assert page.inline_code == []
        for tag, attributes in page.tags:
            assert not [name for name in attributes if name == "style" or name.startswith("on")], (tag, attributes)
            for name in ("src", "href", "action"):
                assert not re.match(r"(?i)(https?:)?//|javascript:", attributes.get(name, "")), (tag, attributes)


def test_it_is_well_formed(pages: Pages) -> None:
    for address, html in pages.items():
        page = Markup(html)
        assert (page.open, page.wrongly_closed) == ([], []), address
        ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
        assert len(ids) == len(set(ids)), address


def test_it_can_be_used_without_a_mouse_or_eyes(pages: Pages) -> None:
    for address in list(pages)[1:]:
        page = Fields(pages[address])
        labelled = {label["for"] for label in page.all("label") if "for" in label}
        for tag in ("input", "select", "textarea"):
            for field in page.all(tag):
                named = {"aria-label", "in-label"} & field.keys() or field.get("id") in labelled
                assert field.get("type") == "hidden" or named, (address, field)
        assert page.all("html", lang="en")
        assert page.all("a", class_="skip-link", href="#main")
        assert page.all("main", id="main")
        assert len(page.all("h1")) == 1, address
        assert len(page.all("table")) == len(page.all("caption")), address


def test_it_names_only_files_and_icons_that_there_are(client: FlaskClient, pages: Pages) -> None:
    icons = (ROOT / "static/img/icons.svg").read_text()
    files: set[str] = set()
    for html in pages.values():
        page = Markup(html)
        for use in page.all("use"):
            assert f'id="{use["href"].partition("#")[2]}"' in icons
        for tag, name in (("script", "src"), ("link", "href"), ("img", "src")):
            files.update(found[name] for found in page.all(tag))
    for file in files:
        with client.get(file) as response:
            assert response.status_code == 200, file


def test_it_changes_things_by_post_only(pages: Pages) -> None:
    for html in pages.values():
        for form in Markup(html).all("form"):
            assert form["method"] == "post" or form["role"] == "search"


def test_it_shows_an_error_as_a_page(client: FlaskClient) -> None:
    page = Markup(client.get("/nowhere").text)
    assert "404 Not Found" in page.text
    assert page.all("a", href="/")
