"""How long steps took in the past, kept in SQL."""

from collections import defaultdict
from collections.abc import Sequence
from functools import reduce

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from extensions import db, transaction
from models import StepTiming
from services.jobs.eta import Usual, with_sample

_COLUMNS = (StepTiming.mean_seconds, StepTiming.variance, StepTiming.samples)


def usual(job_type: str, size_class: int) -> dict[str, Usual]:
    """What each step of such a job takes, so far as there is a history."""
    rows = db.session.execute(
        select(StepTiming.step, *_COLUMNS).where(StepTiming.job_type == job_type, StepTiming.size_class == size_class)
    ).all()
    return {row.step: Usual(row.mean_seconds, row.variance, row.samples) for row in rows}


class TimingBook:
    """Gathers the durations of one worker process, and adds them to the history in one transaction at its end.

    What a crash loses is a few samples of a mean.
    """

    def __init__(self) -> None:
        self._durations: defaultdict[tuple[str, str, int], list[float]] = defaultdict(list)
        self._usual: dict[tuple[str, int], dict[str, Usual]] = {}

    def usual(self, job_type: str, size_class: int) -> dict[str, Usual]:
        key = (job_type, size_class)
        if key not in self._usual:
            self._usual[key] = usual(job_type, size_class)
        return self._usual[key]

    def note(self, job_type: str, step: str, size_class: int, seconds: float) -> None:
        self._durations[job_type, step, size_class].append(seconds)

    def save(self) -> None:
        if not self._durations:
            return
        with transaction():
            for key, durations in self._durations.items():
                _add(key, durations)
        self._durations.clear()


def _add(key: tuple[str, str, int], durations: Sequence[float]) -> None:
    session = db.session()
    job_type, step, size_class = key
    where = (StepTiming.job_type == job_type, StepTiming.step == step, StepTiming.size_class == size_class)
    row = session.execute(select(*_COLUMNS).where(*where)).one_or_none()
    known = None if row is None else Usual(row.mean_seconds, row.variance, row.samples)
    now = reduce(with_sample, durations[1:], with_sample(known, durations[0]))
    values = {"samples": now.samples, "mean_seconds": now.mean_seconds, "variance": now.variance}
    if row is not None:
        session.execute(update(StepTiming).where(*where).values(values))
        return
    try:
        with session.begin_nested():
            session.execute(insert(StepTiming).values(job_type=job_type, step=step, size_class=size_class, **values))
    except IntegrityError:
        return  # another worker wrote the first samples just now; a few more or less do not matter
