"""What the renderer's word means, as a table, and which moves there are."""

import pytest

from clients.renderer import DONE, FAILED, UNKNOWN, WAITING, Seen
from services.renders import states
from services.renders.outcomes import Outcome, decide, output_address

PATTERN = "https://files.example.org/{external_job_id}_output_0.mp4"
URL = "https://files.example.org/made.mp4"


@pytest.mark.parametrize(
    ("seen", "pattern", "outcome"),
    [
        (Seen(DONE, output_url=URL), None, Outcome("completed", URL, external_job_id="j/1")),
        (Seen(DONE, output_url=URL), PATTERN, Outcome("completed", URL, external_job_id="j/1")),
        (Seen(DONE), PATTERN, Outcome("completed", PATTERN.format(external_job_id="j%2F1"), external_job_id="j/1")),
        (Seen(DONE), None, None),
        (Seen(FAILED, error="no"), None, Outcome("failed", error="The renderer failed: no", external_job_id="j/1")),
        (Seen(WAITING), PATTERN, None),
        (Seen(UNKNOWN), PATTERN, None),
    ],
)
def test_it_decides(seen: Seen, pattern: str | None, outcome: Outcome | None) -> None:
    assert decide(seen, "j/1", pattern) == outcome


def test_no_pattern_is_no_address() -> None:
    assert output_address(None, "a-job") is None


def test_what_is_found_out_moves_only_forward() -> None:
    assert set(states.FOUND) == set(states.ALL)
    assert states.leading_to(states.PROCESSING) == ()
    assert [status for status in states.ALL if states.is_over(status)] == [states.COMPLETED, states.FAILED]
