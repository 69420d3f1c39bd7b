"""Work of the steps that is done at once, for tests whose subject is the poller; `Quick` says how it goes."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from extensions import db, db_now
from models import Footage, Frame
from services.footage import moves, states, steps
from services.footage.context import Context, Done

_MODULE = "tests.footage.poller.quick"
NEXT = {
    states.PENDING_FILE_INFO: states.FILE_INFO_COMPLETE,
    states.FILE_INFO_COMPLETE: states.THUMBNAILS_COMPLETE,
    states.THUMBNAILS_COMPLETE: states.CREATING_FRAMES,
    states.CREATING_FRAMES: states.PROCESSING_FRAME_INFO,
    states.SCRAPING_URL: states.PROCESSING_FRAME_INFO,
}


class Quick:
    """What each step does; a test replaces what it wants to be otherwise."""

    frames = 2
    before: Callable[[str | int, Context], None] = staticmethod(lambda _key, _context: None)
    # In the transaction that moves on a record whose page was read.
    also: Callable[[Session], None] = staticmethod(lambda _session: None)


def install(monkeypatch: pytest.MonkeyPatch, before: Callable[[str | int, Context], None] | None = None) -> None:
    """Have all steps do quick work; `before` is called at the beginning of each, and may raise."""
    monkeypatch.setattr(Quick, "before", staticmethod(before or (lambda _key, _context: None)))
    for name, step in list(steps.BY_NAME.items()):
        of_frame = f"{_MODULE}.frame" if step.of_frame else None
        monkeypatch.setitem(steps.BY_NAME, name, replace(step, of_footage=f"{_MODULE}.{name}", of_frame=of_frame))


def file_info(footage_id: str, context: Context) -> Done:
    return _on(footage_id, context)


def thumbnails(footage_id: str, context: Context) -> Done:
    return _on(footage_id, context)


def create_frames(footage_id: str, context: Context) -> Done:
    Quick.before(footage_id, context)
    return Done(states.CREATING_FRAMES, also=lambda session: make_frames(session, footage_id, Quick.frames))


def scrape_url(footage_id: str, context: Context) -> Done:
    Quick.before(footage_id, context)
    return Done(states.SCRAPING_URL, {"scraped": {"title": "A page"}}, also=Quick.also)


def process_frames(footage_id: str, context: Context) -> Done:
    return _on(footage_id, context)


def frame(frame_id: int, context: Context) -> Done:
    Quick.before(frame_id, context)
    with context.saving() as session:
        status = session.get_one(Frame, frame_id, populate_existing=True).status
    for target in (states.FRAME_THUMBNAIL_COMPLETE, states.FRAME_CAPTION_GENERATED):
        status = _frame_on(frame_id, status, target, context)
    return Done(states.FRAME_AUDIO_TRANSCRIBED)


def _frame_on(frame_id: int, status: str, target: str, context: Context) -> str:
    if target in states.FRAME[status]:
        with context.saving() as session:
            moves.move_frame(session, frame_id, status, target, context.cause())
        return target
    return status


def describe(footage_id: str, context: Context) -> Done:
    Quick.before(footage_id, context)
    with context.saving() as session:
        if session.get_one(Footage, footage_id, populate_existing=True).status == states.PROCESSING_FRAME_INFO:
            both = (states.PROCESSING_FRAME_INFO, states.GENERATING_EMBEDDINGS)
            moves.move_footage(session, footage_id, *both, context.cause(), {"made_title": "Made"})
            both = (states.FRAME_AUDIO_TRANSCRIBED, states.FRAME_GENERATING_EMBEDDINGS)
            moves.move_frames(session, footage_id, *both, context.cause())
    return Done(
        states.COMPLETE,
        also=lambda session: _complete_frames(session, footage_id, context),
    )


def _complete_frames(session: Session, footage_id: str, context: Context) -> None:
    both = (states.FRAME_GENERATING_EMBEDDINGS, states.FRAME_COMPLETE)
    moves.move_frames(session, footage_id, *both, context.cause())


def _on(footage_id: str, context: Context) -> Done:
    Quick.before(footage_id, context)
    status = db.session.get_one(Footage, footage_id, populate_existing=True).status
    db.session.rollback()
    return Done(NEXT[status])


def add_footage(owner_id: int, *ids: str, status: str = states.PENDING_FILE_INFO, **values: object) -> Sequence[str]:
    """Records that stand at a status, with good metadata unless told otherwise."""
    told = {"title": "Herons over the river at dawn", "description": "Two herons rise from the reeds in morning mist."}
    for footage_id in ids:
        row = Footage(
            id=footage_id,
            owner_id=owner_id,
            status=status,
            source=f"/clips/{footage_id}",
            entered_at=0.0,
            created_at=0.0,
            updated_at=0.0,
            **(told | values),
        )
        db.session.add(row)
    db.session.commit()
    return ids


def make_frames(session: Session, footage_id: str, count: int, status: str = states.FRAME_PENDING_THUMBNAIL) -> None:
    """Frames of a record, a second each."""
    rows = [
        {
            "footage_id": footage_id,
            "position": n,
            "at_seconds": n,
            "start_seconds": n,
            "end_seconds": n + 1,
            "status": status,
        }
        for n in range(1, count + 1)
    ]
    times = dict.fromkeys(("entered_at", "created_at", "updated_at"), db_now())
    for row in rows:
        session.execute(insert(Frame).values(row | times))


def status_of(footage_id: str) -> str:
    db.session.rollback()
    return db.session.get_one(Footage, footage_id, populate_existing=True).status
