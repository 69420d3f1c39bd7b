"""What was seen means, as a table, and which moves there are."""

import pytest

from clients.renderer import DONE, FAILED, UNKNOWN, WAITING, Seen
from services.renders import states
from services.renders.outcomes import Outcome, addresses, decide, output_address
from services.renders.outputs import Output

PATTERN = "https://files.example.org/{external_job_id}_output_0.mp4"
URL = "https://files.example.org/made.mp4"
THERE = Output(URL, size_bytes=5000, appeared_at=100.0)
COMPLETED = Outcome("completed", URL, external_job_id="j/1", output_at=100.0, output_bytes=5000)
BROKEN = Output(URL, "The file there is empty.")


@pytest.mark.parametrize(
    ("seen", "output", "outcome"),
    [
        (None, THERE, COMPLETED),
        (Seen(DONE, output_url=URL), THERE, COMPLETED),
        (Seen(WAITING), THERE, COMPLETED),
        (Seen(DONE, output_url=URL), BROKEN, None),
        (Seen(DONE), None, None),
        (Seen(FAILED, error="no"), None, Outcome("failed", error="The renderer failed: no", external_job_id="j/1")),
        (Seen(FAILED, error="no"), BROKEN, Outcome("failed", error="The renderer failed: no", external_job_id="j/1")),
        (Seen(WAITING), None, None),
        (Seen(UNKNOWN), BROKEN, None),
        (None, None, None),
    ],
)
def test_it_decides(seen: Seen | None, output: Output | None, outcome: Outcome | None) -> None:
    assert decide(seen, output, "j/1") == outcome


@pytest.mark.parametrize(
    ("seen", "pattern", "where"),
    [
        (None, None, []),
        (None, PATTERN, [PATTERN.format(external_job_id="j%2F1")]),
        (Seen(DONE, output_url=URL), None, [URL]),
        (Seen(DONE, output_url=URL), PATTERN, [PATTERN.format(external_job_id="j%2F1"), URL]),
        (Seen(DONE, output_url=URL), URL, [URL]),
        (Seen(DONE), None, []),
    ],
)
def test_it_is_looked_for_where_the_settings_say_first(
    seen: Seen | None, pattern: str | None, where: list[str]
) -> None:
    assert addresses(seen, "j/1", pattern) == where


def test_no_pattern_is_no_address() -> None:
    assert output_address(None, "a-job") is None


def test_what_is_found_out_moves_only_forward() -> None:
    assert set(states.FOUND) == set(states.ALL)
    assert states.leading_to(states.PROCESSING) == ()
    assert [status for status in states.ALL if states.is_over(status)] == [states.COMPLETED, states.FAILED]
