"""How long steps took in the past, kept in SQL."""

from collections import defaultdict

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from extensions import db, transaction
from models import StepTiming
from services.jobs.eta import weighted_mean


def usual_seconds(job_type: str, size_class: int) -> dict[str, float]:
    """The mean seconds of each step of such a job, so far as there is a history."""
    rows = db.session.execute(
        select(StepTiming.step, StepTiming.mean_seconds).where(
            StepTiming.job_type == job_type, StepTiming.size_class == size_class
        )
    ).all()
    return {row.step: row.mean_seconds for row in rows}


class TimingBook:
    """Gathers the durations of one worker process, and adds them to the history in one transaction at its end.

    What a crash loses is a few samples of a mean.
    """

    def __init__(self) -> None:
        self._durations: defaultdict[tuple[str, str, int], list[float]] = defaultdict(list)
        self._usual: dict[tuple[str, int], dict[str, float]] = {}

    def usual(self, job_type: str, size_class: int) -> dict[str, float]:
        key = (job_type, size_class)
        if key not in self._usual:
            self._usual[key] = usual_seconds(job_type, size_class)
        return self._usual[key]

    def note(self, job_type: str, step: str, size_class: int, seconds: float) -> None:
        self._durations[job_type, step, size_class].append(seconds)

    def save(self) -> None:
        if not self._durations:
            return
        with transaction():
            for key, durations in self._durations.items():
                _add(key, sum(durations) / len(durations))
        self._durations.clear()


def _add(key: tuple[str, str, int], seconds: float) -> None:
    session = db.session()
    job_type, step, size_class = key
    where = (StepTiming.job_type == job_type, StepTiming.step == step, StepTiming.size_class == size_class)
    row = session.execute(select(StepTiming.samples, StepTiming.mean_seconds).where(*where)).one_or_none()
    if row is None:
        new = insert(StepTiming).values(
            job_type=job_type, step=step, size_class=size_class, samples=1, mean_seconds=seconds
        )
        try:
            with session.begin_nested():
                session.execute(new)
        except IntegrityError:
            return  # another worker wrote the first sample just now; one sample more or less does not matter
        return
    mean = weighted_mean(row.mean_seconds, row.samples, seconds)
    session.execute(update(StepTiming).where(*where).values(samples=row.samples + 1, mean_seconds=mean))
