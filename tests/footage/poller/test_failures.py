"""A step that fails leaves its record where it is, to be taken up again later, or set aside after five."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select, update
from structlog.testing import capture_logs

from errors import BackbeatError, TransientError
from extensions import db, db_now, transaction
from models import Footage, FootageEvent, Frame, Job
from services.footage import dispatch, moves, states
from services.footage.context import Context
from tests.footage.contexts import footage
from tests.footage.poller import quick
from tests.footage.poller.conftest import AddFootage

RunSteps = Callable[[], None]


class FinalError(BackbeatError):
    code = "no_video"
    is_final = True


def _fails(monkeypatch: pytest.MonkeyPatch, error: Exception, *keys: str | int) -> None:
    def before(key: str | int, _: object) -> None:
        if not keys or key in keys:
            raise error

    quick.install(monkeypatch, before)


def test_it_stays_where_it_is_and_counts(
    add_footage: AddFootage, run_steps: RunSteps, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fails(monkeypatch, TransientError("The page does not answer.", retry_after_seconds=600))
    add_footage("AF0001")
    dispatch.move_on()
    run_steps()
    row = footage("AF0001")
    assert (row.status, row.failures, row.error_code) == (states.PENDING_FILE_INFO, 1, "temporary_failure")
    assert row.retry_at is not None
    assert row.retry_at > (db.session.scalar(select(db_now())) or 0) + 500
    assert db.session.scalars(select(Job.status)).all() == ["failed"]
    assert db.session.scalars(select(FootageEvent.is_failure)).all() == [True]


def test_what_is_refused_when_it_is_kept_is_a_failure_of_its_record(
    add_footage: AddFootage, run_steps: RunSteps, monkeypatch: pytest.MonkeyPatch
) -> None:
    def written_meanwhile(_: object) -> None:
        raise TransientError("A person wrote at this moment.", retry_after_seconds=600)

    monkeypatch.setattr(quick.Quick, "also", staticmethod(written_meanwhile))
    add_footage("AF0001", status=states.CREATING_FRAMES, source_url="https://example.org/page")
    dispatch.move_on()
    with capture_logs() as lines:
        run_steps()
    row = footage("AF0001")
    assert "footage_step" not in {line["event"] for line in lines}  # which says that it was done
    assert (row.failures, row.error) == (1, "A person wrote at this moment.")
    assert row.retry_at is not None
    assert row.retry_at > (db.session.scalar(select(db_now())) or 0) + 500
    assert db.session.execute(select(Job.status, Job.attempt)).all() == [("failed", 1)]


def test_it_is_not_taken_up_before_its_time(
    add_footage: AddFootage, live_jobs: Callable[[], list[object]], run_steps: RunSteps, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fails(monkeypatch, TransientError("The page does not answer.", retry_after_seconds=600))
    add_footage("AF0001")
    dispatch.move_on()
    run_steps()
    assert dispatch.move_on().begun == {}
    assert live_jobs() == []


def test_after_five_failures_it_is_set_aside(
    add_footage: AddFootage, live_session: str, run_steps: RunSteps, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fails(monkeypatch, ValueError("a secret of ours"))
    add_footage("AF0001")
    dispatch.move_on()
    run_steps()
    row = footage("AF0001")
    assert (row.status, row.resume_status, row.failures) == (states.FAILED, states.PENDING_FILE_INFO, 5)
    assert "secret" not in (row.error or "")
    assert len(db.session.scalars(select(Job.id).where(Job.type == "footage_file_info")).all()) == 5


def test_what_cannot_get_better_is_set_aside_at_once(
    add_footage: AddFootage, run_steps: RunSteps, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fails(monkeypatch, FinalError("This is no video."))
    add_footage("AF0001")
    dispatch.move_on()
    run_steps()
    row = footage("AF0001")
    assert (row.status, row.failures, row.error) == (states.FAILED, 1, "This is no video.")


def test_others_go_on(
    add_footage: AddFootage, live_session: str, run_steps: RunSteps, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fails(monkeypatch, FinalError("This is no video."), "AF0001")
    add_footage("AF0001")
    add_footage("AF0002")
    dispatch.move_on()
    run_steps()
    assert (quick.status_of("AF0001"), quick.status_of("AF0002")) == (states.FAILED, states.COMPLETE)


def test_a_frame_that_has_failed_for_good_does_not_hold_the_gate_shut(
    add_footage: AddFootage, live_session: str, run_steps: RunSteps, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_footage("AF0001", status=states.PROCESSING_FRAME_INFO)
    quick.make_frames(db.session(), "AF0001", 3)
    db.session.commit()
    second = db.session.scalar(select(Frame.id).where(Frame.position == 2))
    _fails(monkeypatch, TransientError("Its picture cannot be read."), second or 0)
    dispatch.move_on()
    run_steps()
    assert quick.status_of("AF0001") == states.COMPLETE
    statuses = db.session.scalars(select(Frame.status).order_by(Frame.position)).all()
    assert statuses == [states.COMPLETE, states.FAILED, states.COMPLETE]


def test_a_move_within_its_step_keeps_the_failures(
    add_footage: AddFootage, live_session: str, run_steps: RunSteps, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_footage("AF0001", status=states.PROCESSING_FRAME_INFO)
    quick.make_frames(db.session(), "AF0001", 1)
    db.session.commit()

    def before(key: str | int, context: Context) -> None:
        with context.saving() as session:
            both = (states.FRAME_PENDING_THUMBNAIL, states.FRAME_THUMBNAIL_COMPLETE)
            moves.move_frame(session, int(key), *both, context.cause())
        raise TransientError("Its picture cannot be told.")

    with transaction() as session:
        session.execute(update(Frame).values(failures=3))
    quick.install(monkeypatch, before)
    dispatch.move_on()
    run_steps()
    frame = db.session.scalars(select(Frame)).one()
    assert (frame.status, frame.resume_status) == (states.FAILED, states.FRAME_THUMBNAIL_COMPLETE)
    of_frame = FootageEvent.is_failure & FootageEvent.frame_position.is_not(None)
    assert db.session.scalar(select(func.count()).where(of_frame)) == 1


def test_a_move_forgets_the_failures(
    add_footage: AddFootage, run_steps: RunSteps, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_footage("AF0001", failures=4, retry_at=1.0, error="Gone by now.")
    dispatch.move_on()
    run_steps()
    row = db.session.get_one(Footage, "AF0001", populate_existing=True)
    assert (row.failures, row.retry_at, row.error) == (0, None, None)
