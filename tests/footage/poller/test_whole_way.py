"""A record goes the whole way by itself, each move once."""

from collections import Counter
from collections.abc import Callable

from services.footage import dispatch, states
from tests.conftest import RunJobs
from tests.footage.poller import quick
from tests.footage.poller.conftest import AddFootage


def test_it_comes_to_its_end_by_one_look_since_places_that_are_freed_are_used(
    add_footage: AddFootage, live_session: str, run_steps: Callable[[], None], history: Callable[[str], list[object]]
) -> None:
    add_footage("AF0001")
    dispatch.move_on()
    run_steps()
    assert quick.status_of("AF0001") == states.COMPLETE
    counted = Counter(history("AF0001"))
    assert set(counted.values()) == {1}
    assert len(counted) == 7 - 1 + 2 * 5  # it was not scraped


def test_a_session_does_so_as_a_job(add_footage: AddFootage, live_session: str, run_jobs: RunJobs) -> None:
    add_footage("AF0001")
    add_footage("AF0002", source_url="https://example.org/page")
    run_jobs()
    assert [quick.status_of(each) for each in ("AF0001", "AF0002")] == [states.COMPLETE] * 2


def test_without_a_session_nothing_goes_on(
    add_footage: AddFootage, run_steps: Callable[[], None], live_jobs: Callable[[], list[object]]
) -> None:
    add_footage("AF0001")
    dispatch.move_on()
    run_steps()
    assert quick.status_of("AF0001") == states.FILE_INFO_COMPLETE
    assert live_jobs() == []
