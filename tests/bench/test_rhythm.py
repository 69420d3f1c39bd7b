"""The simulated browsers ask when real ones would."""

import json
import subprocess
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from bench.rhythm import next_delay_ms

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("progress", "age_ms", "random", "server_delay_ms", "hidden", "background", "error_count")
FACTS: list[dict[str, Any]] = [
    dict(zip(NAMES, values, strict=True))
    for values in product(
        (0.0, 0.05, 0.5, 0.9, 0.95), (0, 9_999, 60_000), (0.0, 0.5), (None, 10, 2500), (0, 1), (0, 1), (0, 2)
    )
]
SCRIPT = """
require('./static/js/progress-polling.js');
const facts = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
const options = { initialInterval: 1000, maxInterval: 5000, errorBackoffMultiplier: 2 };
console.log(JSON.stringify(facts.map((one) => globalThis.ProgressPoller.rules.nextDelayMs({
  ...options, progress: one.progress, ageMs: one.age_ms, random: one.random, serverDelayMs: one.server_delay_ms,
  hidden: Boolean(one.hidden), background: Boolean(one.background), errorCount: one.error_count,
}))));
"""


@pytest.fixture(scope="module")
def real() -> list[float]:
    """The client's own delays in ms."""
    said = subprocess.run(
        ["node", "-e", SCRIPT], cwd=ROOT, input=json.dumps(FACTS), capture_output=True, text=True, check=True
    )
    delays: list[float] = json.loads(said.stdout)
    return delays


def test_it_asks_when_the_client_does(real: list[float]) -> None:
    ours = [next_delay_ms(**facts) for facts in FACTS]
    assert ours == pytest.approx(real)
