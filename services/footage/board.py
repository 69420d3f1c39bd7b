"""What the board of footage shows: one query object, at a constant number of statements whatever there is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Integer, Select, func, select, union_all
from sqlalchemy.orm import load_only

from extensions import current_settings, db
from models import Footage, Frame, Job
from services.footage import listing, states
from services.footage.dispatch import SESSION_TYPE
from services.footage.reads import FOOTAGE
from services.footage.steps import FRAME_JOB_TYPE, STEPS, PipelineStep
from services.jobs import states as job_states

ALL_STATUSES = tuple(states.FOOTAGE)
# Those beside the way, where nothing moves before a person has acted.
FOR_PEOPLE = (states.AWAITING_USER_INPUT, states.FAILED)
NEWEST_FIRST = (states.COMPLETE, states.FAILED)
CARDS_SHOWN = 6

_CARD_COLUMNS = (
    Footage.id,
    Footage.owner_id,
    Footage.status,
    Footage.resume_status,
    Footage.entered_at,
    Footage.failures,
    Footage.retry_at,
    Footage.error,
    Footage.title,
    Footage.made_title,
    Footage.file_name,
    Footage.awaits,
    Footage.poster_key,
    Footage.duration_seconds,
    Footage.created_at,
)


@dataclass(frozen=True, slots=True)
class Card:
    """A record as the board and the list show it; `job_id` is what is at it now, and frames are counted."""

    footage: Footage
    job_id: str | None
    frames_over: int
    frames_total: int


@dataclass(frozen=True, slots=True)
class CardList:
    """A page of the whole list; `counts` are of all statuses, whatever is looked for."""

    cards: Sequence[Card]
    counts: Mapping[str, int]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Column:
    """A status, how many records stand there, and the first of them."""

    status: str
    count: int
    cards: Sequence[Card]


@dataclass(frozen=True, slots=True)
class StepInUse:
    """How many of a step's places in the whole fleet are taken."""

    step: PipelineStep
    live: int
    limit: int


@dataclass(frozen=True, slots=True)
class Board:
    """`session` is the poller's own job while it runs, whoever started it."""

    columns: Sequence[Column]
    for_people: Sequence[Column]
    steps: Sequence[StepInUse]
    session: Job | None

    @property
    def total(self) -> int:
        return sum(column.count for column in (*self.columns, *self.for_people))

    @property
    def waiting_to_move(self) -> int:
        """How many go on by themselves once the poller runs."""
        return sum(column.count for column in self.columns if column.status != states.COMPLETE)

    @property
    def is_live(self) -> bool:
        return self.session is not None or any(step.live for step in self.steps)


def board(owner_id: int) -> Board:
    """Somebody's footage by status. The counts of steps are of everybody's, as their limits are."""
    counts = listing.counts(owner_id)
    cards = _first_cards(owner_id, [status for status, count in counts.items() if count])
    columns = [Column(status, counts[status], cards.get(status, ())) for status in ALL_STATUSES]
    return Board(
        columns=[column for column in columns if column.status not in FOR_PEOPLE],
        for_people=[column for column in columns if column.status in FOR_PEOPLE],
        steps=_steps_in_use(),
        session=live_session(),
    )


def card_list(owner_id: int, *, status: str = "", q: str = "", cursor: str = "") -> CardList:
    """A page of somebody's footage, the newest first.

    :raise InvalidInput: naming the argument that is not acceptable.
    """
    found = listing.page(owner_id, status=status or None, q=q, cursor=cursor or None)
    return CardList(cards_of(found.rows), listing.counts(owner_id), found.next_cursor)


def live_session() -> Job | None:
    """The poller's session that runs, or waits to."""
    live = select(Job).where(Job.type == SESSION_TYPE, Job.status.in_(job_states.LIVE), Job.parent_id.is_(None))
    return db.session.scalar(live.order_by(Job.id.desc()).limit(1).execution_options(populate_existing=True))


def cards_of(rows: Sequence[Footage]) -> list[Card]:
    """Each with the job that is at it and how far its frames are, in three statements for all."""
    ids = [row.id for row in rows]
    jobs, frames = live_jobs(ids), _frame_counts(ids)
    return [Card(row, jobs.get(row.id), *frames.get(row.id, (0, 0))) for row in rows]


def live_jobs(footage_ids: Sequence[str]) -> Mapping[str, str]:
    """The newest live job of each that has one."""
    if not footage_ids:
        return {}
    live = (
        select(Job.target_id, func.max(Job.id))
        .where(Job.target_type == FOOTAGE, Job.target_id.in_(footage_ids), Job.status.in_(job_states.LIVE))
        .group_by(Job.target_id)
    )
    return {str(footage_id): job_id for footage_id, job_id in db.session.execute(live)}


def _first_cards(owner_id: int, statuses: Sequence[str]) -> Mapping[str, Sequence[Card]]:
    """The first cards of each status: who is longest there, or came last to where they stay."""
    if not statuses:
        return {}
    ids = union_all(*(select(_first_ids(owner_id, status).subquery().c.id) for status in statuses))
    wanted = select(Footage).where(Footage.id.in_(ids)).options(load_only(*_CARD_COLUMNS, raiseload=True))
    rows = db.session.scalars(wanted.execution_options(populate_existing=True)).all()
    found: dict[str, list[Card]] = {status: [] for status in statuses}
    for card in sorted(cards_of(rows), key=lambda card: (card.footage.entered_at, card.footage.id)):
        found.setdefault(card.footage.status, []).append(card)
    return {status: cards[::-1] if status in NEWEST_FIRST else cards for status, cards in found.items()}


def _first_ids(owner_id: int, status: str) -> Select[str]:
    when = Footage.entered_at.desc() if status in NEWEST_FIRST else Footage.entered_at
    found = select(Footage.id).where(Footage.owner_id == owner_id, Footage.status == status)
    return found.order_by(when, Footage.id).limit(CARDS_SHOWN)


def _frame_counts(footage_ids: Sequence[str]) -> Mapping[str, tuple[int, int]]:
    """How many frames of each have nothing more to be looked at, and how many there are."""
    if not footage_ids:
        return {}
    over = func.sum(Frame.status.not_in((*states.UNFINISHED_FRAMES, states.AWAITING_USER_INPUT)).cast(Integer))
    counted = (
        select(Frame.footage_id, over, func.count()).where(Frame.footage_id.in_(footage_ids)).group_by(Frame.footage_id)
    )
    return {footage_id: (int(done), total) for footage_id, done, total in db.session.execute(counted)}


def _steps_in_use() -> list[StepInUse]:
    settings = current_settings()
    types = {step.job_type for step in STEPS} | {FRAME_JOB_TYPE}
    counted = (
        select(Job.type, func.count())
        .where(Job.type.in_(types), Job.status.in_(job_states.LIVE), Job.parent_id.is_(None))
        .group_by(Job.type)
    )
    live = dict(db.session.execute(counted).all())
    return [StepInUse(step, _sum(live, _types_of(step)), step.at_once(settings)) for step in STEPS]


def _types_of(step: PipelineStep) -> Iterable[str]:
    return (step.job_type, FRAME_JOB_TYPE) if step.of_frame else (step.job_type,)


def _sum(counts: Mapping[str, int], names: Iterable[str]) -> int:
    return sum(counts.get(name, 0) for name in names)
