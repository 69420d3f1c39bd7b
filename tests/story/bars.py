"""Reading bars in a real browser."""

import itertools

from playwright.sync_api import BrowserContext, Locator, Page

SECONDS = 1000  # Playwright counts in milliseconds
# Writes down all that the main bar of each job says, since one that is over is soon gone from the page.
_WATCH = """
window.walks = {};
new MutationObserver((changes) => {
  for (const { target: bar } of changes) {
    const slot = bar.closest('[data-progress]');
    if (slot?.querySelector('[role=progressbar]') !== bar) continue;
    (window.walks[slot.dataset.jobId] ??= []).push(Number(bar.getAttribute('aria-valuenow')));
  }
}).observe(document, { subtree: true, attributes: true, attributeFilter: ['aria-valuenow'] });
"""

_HAS_ENDED = """(job) => window.walks[job].at(-1) === 100
  || !document.querySelector(`[data-progress][data-job-id="${job}"] [role=progressbar]`)"""


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


def watch(context: BrowserContext) -> None:
    """Have the pages that are opened from now on remember what their bars say."""
    context.add_init_script(_WATCH)


def went_all_the_way(page: Page, number: int) -> None:
    """Wait until the bar of the page's job of that number, from 0, has done its work; it has come there step by step.

    A bar has done its work at 100, or when what it stood for is shown in its place.
    """
    job_id = page.evaluate(f"Object.keys(window.walks)[{number}]")
    assert job_id, f"there was no bar {number}"
    page.wait_for_function(_HAS_ENDED, arg=job_id, timeout=300 * SECONDS)
    walk: list[float] = page.evaluate("(job) => window.walks[job]", job_id)
    assert set(walk) - {0, 100}, f"the bar has jumped: {walk}"  # on a busy machine it is read seldom
    assert all(before <= after for before, after in itertools.pairwise(walk)), f"the bar went back: {walk}"
