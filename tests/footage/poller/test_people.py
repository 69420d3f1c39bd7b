"""What waits for a person, and what a person has taken up again."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from errors import Conflict, NotFound
from extensions import db, db_now, transaction
from models import Footage, Frame
from services.footage import dispatch, people, states
from tests.footage.contexts import footage
from tests.footage.poller import quick
from tests.footage.poller.conftest import AddFootage

POOR = {"title": "IMG_0042", "description": ""}


def _frames(*statuses: str, footage_id: str = "AF0001") -> None:
    with transaction() as session:
        quick.make_frames(session, footage_id, len(statuses))
        for position, status in enumerate(statuses, 1):
            values = {"status": status, "resume_status": states.FRAME_THUMBNAIL_COMPLETE}
            session.execute(update(Frame).where(Frame.position == position).values(values))


def _frame_statuses() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Frame.status).order_by(Frame.position)))


def test_poor_metadata_without_an_address_waits_with_all_frames(add_footage: AddFootage) -> None:
    add_footage("AF0001", status=states.CREATING_FRAMES, **POOR)
    _frames(states.FRAME_PENDING_THUMBNAIL, states.FRAME_PENDING_THUMBNAIL)
    assert dispatch.move_on().sent_to_wait == 1
    assert quick.status_of("AF0001") == states.AWAITING_USER_INPUT
    assert _frame_statuses() == [states.AWAITING_USER_INPUT] * 2
    assert footage("AF0001").awaits


def test_it_goes_on_once_a_person_has_written(add_footage: AddFootage, live_jobs: Callable[[], list[object]]) -> None:
    add_footage("AF0001", status=states.CREATING_FRAMES, **POOR)
    dispatch.move_on()
    assert dispatch.move_on().resumed == 0
    with transaction() as session:
        said = {"title": "Herons over the river", "description": "Two herons rise from the reeds at dawn."}
        session.execute(update(Footage).values(metadata_at=db_now(), **said))
    assert dispatch.move_on().resumed == 1
    assert live_jobs() == [("footage_process_frames", "AF0001")]


def test_poor_metadata_with_an_address_is_scraped(
    add_footage: AddFootage, live_jobs: Callable[[], list[object]]
) -> None:
    add_footage("AF0001", status=states.CREATING_FRAMES, source_url="https://example.org/page", **POOR)
    dispatch.move_on()
    assert live_jobs() == [("footage_scrape_url", "AF0001")]


def test_what_failed_goes_on_where_it_failed(add_footage: AddFootage) -> None:
    add_footage("AF0001", status=states.FAILED, resume_status=states.FILE_INFO_COMPLETE, failures=5, error="No.")
    assert people.retry("AF0001", "Ann") == states.FILE_INFO_COMPLETE
    row = footage("AF0001")
    assert (row.status, row.failures, row.error) == (states.FILE_INFO_COMPLETE, 0, None)


def test_failed_frames_go_on_too(add_footage: AddFootage) -> None:
    add_footage("AF0001", status=states.PROCESSING_FRAME_INFO)
    _frames(states.FAILED, states.FRAME_AUDIO_TRANSCRIBED)
    people.retry("AF0001", "Ann")
    assert _frame_statuses() == [states.FRAME_THUMBNAIL_COMPLETE, states.FRAME_AUDIO_TRANSCRIBED]


def test_what_waits_for_its_next_try_goes_at_once(
    add_footage: AddFootage, live_session: str, live_jobs: Callable[[], list[object]]
) -> None:
    add_footage("AF0001", failures=2, retry_at=9e9)
    people.retry("AF0001", "Ann")
    assert live_jobs() == [("footage_file_info", "AF0001")]


@pytest.mark.parametrize("status", [states.COMPLETE, states.PENDING_FILE_INFO, states.AWAITING_USER_INPUT])
def test_what_has_not_failed_cannot_be_retried(add_footage: AddFootage, status: str) -> None:
    add_footage("AF0001", status=status)
    with pytest.raises(Conflict, match="Nothing of AF0001 has failed"):
        people.retry("AF0001", "Ann")


def test_frames_do_not_come_back_while_their_record_is_described(add_footage: AddFootage) -> None:
    add_footage("AF0001", status=states.PROCESSING_FRAME_INFO)
    _frames(states.FAILED)
    assert dispatch.move_on().begun == {"describe": 1}
    with pytest.raises(Conflict, match="is being worked on") as refused:
        people.retry("AF0001", "Ann")
    assert refused.value.code == "at_work"


def test_what_is_not_there_cannot_be_retried(add_footage: AddFootage) -> None:
    with pytest.raises(NotFound):
        people.retry("AF0001", "Ann")
