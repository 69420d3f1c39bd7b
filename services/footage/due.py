"""Which records may be taken up now: those at a step's statuses that are due and that no job is at.

Each query reads an index in order and stops after a few rows, however many records there are or are complete.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, String, and_, cast, exists, func, not_, or_, select
from sqlalchemy.orm import Session

from extensions import seekable_now
from models import Footage, Frame
from services.footage import states
from services.footage.places import Live
from services.footage.targets import FOOTAGE, FRAME, Target

# So many records are looked at, at most, to find those that a step may take up.
LOOKED_AT = 25


class Candidate(NamedTuple):
    """A target that may be taken up, with what its job bears."""

    target: Target
    footage_id: str
    owner_id: int
    title: str


_NAMES = (Footage.id, Footage.owner_id, Footage.title, Footage.file_name)
# A page is named, and has not been read: `routing` has the last word. JSON has a null of its own.
_HAS_PAGE_TO_READ = and_(
    Footage.source_url.is_not(None), func.coalesce(cast(Footage.scraped, String), "null") == "null"
)
PAGES: tuple[ColumnElement[bool], ...] = (_HAS_PAGE_TO_READ, not_(_HAS_PAGE_TO_READ))


def footage_at(session: Session, status: str, live: Live, *wanted: ColumnElement[bool], limit: int) -> list[Candidate]:
    """Records at a status, those first that are taken up again, then in the order of their ids."""
    if limit <= 0:
        return []
    at_status = select(*_NAMES).where(Footage.status == status, Footage.id.not_in(live.keys(FOOTAGE)), *wanted)
    in_order = at_status.order_by(Footage.retry_at, Footage.id).limit(limit)
    again = session.execute(in_order.where(Footage.retry_at <= seekable_now())).all()
    fresh = session.execute(in_order.where(Footage.retry_at.is_(None))).all()
    return [_of_footage(row.id, row.owner_id, row.title or row.file_name) for row in [*again, *fresh][:limit]]


def _of_footage(footage_id: str, owner_id: int, title: str) -> Candidate:
    return Candidate(Target(FOOTAGE, footage_id), footage_id, owner_id, f"{footage_id}: {title}")


def is_open() -> ColumnElement[bool]:
    """The gate before the description, a condition on `Footage`: no frame of it is unfinished.

    It counts frames, never events, so nothing that is lost keeps it shut; one that has failed for good does not either.
    """
    return not_(exists().where(Frame.footage_id == Footage.id, Frame.status.in_(states.UNFINISHED_FRAMES)))


def frames(session: Session, live: Live, *, most: int) -> dict[str, list[Candidate]]:
    """Frames of records at `5`, in their order: by record, at most so many of each."""
    if most <= 0:
        return {}
    due = and_(
        Frame.status.in_(states.UNFINISHED_FRAMES),
        or_(Frame.retry_at.is_(None), Frame.retry_at <= seekable_now()),
        Frame.id.not_in(live.frame_ids()),
    )
    parents = session.execute(
        select(*_NAMES)
        .where(Footage.status == states.PROCESSING_FRAME_INFO, exists().where(Frame.footage_id == Footage.id, due))
        .order_by(Footage.retry_at, Footage.id)
        .limit(LOOKED_AT)
    ).all()
    place = func.row_number().over(partition_by=Frame.footage_id, order_by=Frame.position)
    ranked = select(Frame.id, Frame.footage_id, Frame.position, place.label("place")).where(
        Frame.footage_id.in_([row.id for row in parents]), due
    )
    first = ranked.subquery()
    rows = session.execute(
        select(first.c.id, first.c.footage_id, first.c.position).where(first.c.place <= most).order_by(first.c.position)
    )
    owners = {row.id: row.owner_id for row in parents}
    found: dict[str, list[Candidate]] = {row.id: [] for row in parents}
    for frame_id, footage_id, position in rows:
        title = f"{footage_id}: frame {position}"
        found[footage_id].append(Candidate(Target(FRAME, str(frame_id)), footage_id, owners[footage_id], title))
    return found


def live_frames(session: Session, live: Live) -> Mapping[str, int]:
    """How many frames of each record some job is at."""
    wanted = select(Frame.footage_id, func.count()).where(Frame.id.in_(live.frame_ids())).group_by(Frame.footage_id)
    return {row[0]: row[1] for row in session.execute(wanted)}


def in_turn(
    frames_of: Mapping[str, Sequence[Candidate]], at_work: Mapping[str, int], others: Sequence[Candidate], *, most: int
) -> list[Candidate]:
    """Which of them have the places of a step: whose record has the fewest there goes first, so that one with many or
    slow frames holds up no other; of two that are alike the one begun first. Pure.
    """
    ranked = [
        (at_work.get(footage_id, 0) + n, 0, candidate)
        for footage_id, candidates in frames_of.items()
        for n, candidate in enumerate(candidates)
    ]
    ranked += [(0, 1, candidate) for candidate in others]
    ranked.sort(key=lambda entry: entry[:2])
    return [candidate for _, _, candidate in ranked[:most]]
