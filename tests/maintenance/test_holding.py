"""What a window that is open does to a queue, by table."""

import pytest

from services.maintenance.holding import Pause, decide

END = 1000.0


@pytest.mark.parametrize(
    ("pause", "was_held", "deed"),
    [
        (None, False, "hold"),
        (None, True, "leave"),  # somebody resumed it
        (Pause(None), False, "leave"),  # somebody's own, without an end
        (Pause(END + 1), False, "leave"),  # somebody's own, for longer
        (Pause(END), True, "leave"),  # the window's
        (Pause(END - 1), False, "hold"),  # it would end in mid-maintenance
        (Pause(END - 1), True, "hold"),
    ],
)
def test_it_holds_a_queue_once_and_shortens_no_pause(pause: Pause | None, was_held: bool, deed: str) -> None:
    assert decide(pause, was_held=was_held, ends_at=END) == deed
