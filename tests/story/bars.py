"""Reading bars in a real browser."""

from playwright.sync_api import Locator, Page

SECONDS = 1000  # Playwright counts in milliseconds


def value_of(bar: Locator) -> float:
    """What a bar says, 0 to 100."""
    return float(bar.get_attribute("aria-valuenow") or 0)


def grows(page: Page, bar: Locator, beyond: float) -> float:
    """Wait until a bar says more than `beyond`; what it says then. The page's own events run meanwhile."""
    value = beyond
    for _ in range(300):
        value = value_of(bar)
        if value > beyond:
            return value
        page.wait_for_timeout(50)
    raise AssertionError(f"the bar stands at {value}")
