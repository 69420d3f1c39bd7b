"""A browser that visits every page and tells what should not have happened there."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from playwright.sync_api import Browser, Page

from tests.naughty.addresses import addresses

NO_PAGES = ("/api/", "/openapi.json", "/metrics", "/healthz", "/readyz", "/status")


@contextmanager
def visitor(browser: Browser, url: str, key: str, complaints: list[str]) -> Iterator[Page]:
    """An administrator's page. `complaints` get what ran and failed, or was tried and stopped by the policy."""
    context = browser.new_context(base_url=url, extra_http_headers={"x-api-key": key})
    context.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    context.on("dialog", lambda dialog: complaints.append(f"a dialog: {dialog.message}"))
    yield context.new_page()
    context.close()


def pages_of(app: Flask, numbers: range) -> list[str]:
    """The addresses of all pages, with these rows where one is asked for."""
    return [
        address
        for address in addresses(app, numbers)
        if not address.startswith(NO_PAGES) and "export." not in address and not address.endswith("/data")
    ]


def ran_on(page: Page, address: str) -> bool:
    """Whether something of what the page shows ran there, also in what it opens."""
    page.goto(address, wait_until="load")
    page.evaluate(
        "for (const each of [...document.querySelectorAll('details:not([open])')].slice(0, 3)) each.open = true"
    )
    return page.evaluate("window.__xss") is not None
