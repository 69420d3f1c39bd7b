"""How renders fare: how many are stuck, how their ends are found out, how quickly, and what is amiss."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import case, func, select

from extensions import current_settings, db, db_now, seekable_now
from models import Render, RenderCycle
from services.renders import states, stuck
from services.renders.due import BEGUN_AT, LOOKED_AT

HOUR, DAY = 3600.0, 86_400.0
# By how long they have been under way.
AGES = (("5 minutes to 1 hour", stuck.STUCK_SECONDS, HOUR), ("1 to 6 hours", HOUR, 6 * HOUR))
AGES_BEYOND = ("more than 6 hours", 6 * HOUR)
GIVEN_UP = "given up"
WINDOWS = (("24 hours", DAY), ("7 days", 7 * DAY))
MOST_TIMES = 5000  # the latest, of which median and 95th percentile are told

MANY_STUCK, MANY_STUCK_SECONDS = 10, HOUR
FAILING_SHARE, FAILING_LEAST = 0.5, 5  # looks of the last hour that nobody answered
UNSEEN_INTERVALS, UNSEEN_LEAST_SECONDS = 5, 900.0
LATE_SECONDS = 900.0  # after the renderer said that it is done


@dataclass(frozen=True, slots=True)
class Window:
    """What ended within some time, how it was found out, and in how many seconds after its output appeared."""

    label: str
    by_webhook: int
    by_poll: int
    failed: int
    expired: int
    noticed_median_seconds: float | None
    noticed_p95_seconds: float | None
    looks: int
    check_errors: int


@dataclass(frozen=True, slots=True)
class Alert:
    """`flag` is many_stuck, polls_failing or outputs_late."""

    flag: str
    sentence: str


@dataclass(frozen=True, slots=True)
class RenderFigures:
    """`stuck_by_age` are (how old, how many), the youngest first, those given up last."""

    stuck: int
    stuck_by_age: Sequence[tuple[str, int]]
    windows: Sequence[Window]
    alerts: Sequence[Alert]


def figures() -> RenderFigures:
    """A fixed number of statements, however many renders there are."""
    by_age = _by_age()
    windows = [_window(label, seconds) for label, seconds in WINDOWS]
    return RenderFigures(sum(number for _, number in by_age), by_age, windows, alerts())


def alerts() -> list[Alert]:
    """What whoever runs Backbeat should look into; three statements."""
    return [each for each in (_many_stuck(), _polls_failing(), _outputs_late()) if each is not None]


def _by_age() -> list[tuple[str, int]]:
    age = seekable_now() - BEGUN_AT
    slow = Render.status == states.PROCESSING
    label, least = AGES_BEYOND
    counted = [(name, func.sum(case(((age > low) & (age <= high) & slow, 1), else_=0))) for name, low, high in AGES]
    counted.append((label, func.sum(case(((age > least) & slow, 1), else_=0))))
    counted.append((GIVEN_UP, func.sum(case((stuck.is_given_up(), 1), else_=0))))
    row = db.session.execute(select(*(each for _, each in counted)).where(Render.status.in_(LOOKED_AT))).one()
    return [(name, int(number or 0)) for (name, _), number in zip(counted, row, strict=True)]


def _window(label: str, seconds: float) -> Window:
    since = seekable_now() - seconds
    ended = select(Render.status, Render.found_by, func.count()).where(Render.finished_at >= since)
    rows = db.session.execute(ended.group_by(Render.status, Render.found_by)).all()
    looks = select(func.sum(RenderCycle.checked), func.sum(RenderCycle.errors)).where(RenderCycle.started_at >= since)
    checked, errors = db.session.execute(looks).one()
    times = _noticed_seconds(seconds)

    def ends(status: str, found_by: str | None = None) -> int:
        return sum(number for is_now, by, number in rows if is_now == status and found_by in (None, by))

    return Window(
        label,
        ends(states.COMPLETED, states.WEBHOOK),
        ends(states.COMPLETED, states.POLL),
        ends(states.FAILED),
        ends(states.EXPIRED),
        percentile(times, 0.5),
        percentile(times, 0.95),
        int(checked or 0),
        int(errors or 0),
    )


def _noticed_seconds(seconds: float) -> list[float]:
    """In order. The storage's clock may be ahead of the database's."""
    took = Render.finished_at - Render.output_at
    latest = select(took).where(Render.finished_at >= seekable_now() - seconds, Render.output_at.is_not(None))
    found = db.session.scalars(latest.order_by(Render.finished_at.desc()).limit(MOST_TIMES))
    return sorted(max(0.0, each) for each in found if each is not None)


def percentile(ordered: Sequence[float], share: float) -> float | None:
    """The nearest rank of numbers in order; None of none.

    >>> percentile([1.0, 2.0, 3.0, 4.0], 0.5)
    2.0
    """
    return ordered[max(0, -int(-len(ordered) * share // 1) - 1)] if ordered else None


def _many_stuck() -> Alert | None:
    number = db.session.scalar(select(func.count()).where(stuck.is_slow(MANY_STUCK_SECONDS))) or 0
    if number < MANY_STUCK:
        return None
    return Alert("many_stuck", f"{number} renders have been under way for more than an hour: see to the renderer.")


def _polls_failing() -> Alert | None:
    """Nobody answers, or nobody looks."""
    last_hour = RenderCycle.started_at >= seekable_now() - HOUR
    waits = db_now() - select(func.min(Render.check_at)).where(Render.status.in_(LOOKED_AT)).scalar_subquery()
    sums = select(func.sum(RenderCycle.checked), func.sum(RenderCycle.errors), waits).where(last_hour)
    checked, errors, overdue_seconds = db.session.execute(sums).one()
    if (errors or 0) >= FAILING_LEAST and errors > checked * FAILING_SHARE:
        said = (
            f"Of {checked} looks in the last hour nobody answered {errors}: see to the renderer and RENDER_OUTPUT_URL."
        )
        return Alert("polls_failing", said)
    interval_seconds = current_settings().polling_interval_minutes * 60.0
    if (overdue_seconds or 0.0) > max(UNSEEN_LEAST_SECONDS, UNSEEN_INTERVALS * interval_seconds):
        said = f"Nobody has looked for {overdue_seconds / 60:.0f} minutes: see to the schedule “Look for renders”."
        return Alert("polls_failing", said)
    return None


def _outputs_late() -> Alert | None:
    late = Render.told_done_at < seekable_now() - LATE_SECONDS
    waiting = select(func.count()).where(Render.status == states.PROCESSING, late)
    number = db.session.scalar(waiting) or 0
    if number == 0:
        return None
    renders = "a render" if number == 1 else f"{number} renders"
    said = f"The renderer says of {renders} that it is done, but there is no output: see to RENDER_OUTPUT_URL."
    return Alert("outputs_late", said)
