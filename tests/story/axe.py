"""What axe-core says of a page."""

import json
from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
LOOKS = [("light", 1280), ("dark", 390)]


def problems(page: Page) -> list[str]:
    """What axe finds, and what sticks out of the page sideways."""
    page.evaluate(AXE.read_text())  # not by a script tag, which the CSP keeps out
    found = page.evaluate("axe.run({resultTypes: ['violations']}).then(results => results.violations)")
    told = [f"{rule['id']}: {json.dumps([node['html'][:160] for node in rule['nodes'][:3]])}" for rule in found]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        told.append("the page scrolls sideways")
    return [f"{page.url}: {problem}" for problem in told]
