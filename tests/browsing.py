"""One Chromium for a process of tests: Playwright cannot be started twice in one."""

import atexit
from functools import cache

from playwright.sync_api import Browser, sync_playwright

from scripts.dependencies import DEPENDENCIES


@cache
def chromium() -> Browser:
    """A real Chromium, started when it is first asked for and closed as the process ends."""
    program = next(one for one in DEPENDENCIES if one.package == "chromium-headless-shell").find()
    assert program, "Chromium was not found; make test says how to install it."
    playwright = sync_playwright().start()
    atexit.register(playwright.stop)
    return playwright.chromium.launch(
        executable_path=program, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    )
