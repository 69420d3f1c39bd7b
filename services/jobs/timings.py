"""How long steps took in the past, kept in SQL."""

from collections import defaultdict
from collections.abc import Sequence
from functools import reduce

import structlog
from sqlalchemy import Integer, String, and_, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from extensions import DATABASE_AWAY, db, transaction
from models import StepTiming
from services.jobs.eta import Usual, with_sample

log = structlog.get_logger(__name__)

_COLUMNS = (StepTiming.mean_seconds, StepTiming.variance, StepTiming.samples)
# As in `moves`: statements that every ring needs are made once.
_OF_JOBS = and_(
    StepTiming.job_type == bindparam("of_type", type_=String),
    StepTiming.size_class == bindparam("of_size", type_=Integer),
)
_OF_STEP = and_(_OF_JOBS, StepTiming.step == bindparam("of_step", type_=String))
_USUAL = select(StepTiming.step, *_COLUMNS).where(_OF_JOBS)
_KNOWN = select(*_COLUMNS).where(_OF_STEP)
_RENEW = update(StepTiming).where(_OF_STEP)
_ADD = insert(StepTiming)


def usual(job_type: str, size_class: int) -> dict[str, Usual]:
    """What each step of such a job takes, so far as there is a history."""
    rows = db.session.connection().execute(_USUAL, {"of_type": job_type, "of_size": size_class}).all()
    return {row.step: Usual(row.mean_seconds, row.variance, row.samples) for row in rows}


class TimingBook:
    """Gathers the durations of one worker process, and adds them to the history in one transaction at its end.

    What a crash loses is a few samples of a mean.
    """

    def __init__(self) -> None:
        self._durations: defaultdict[tuple[str, str, int], list[float]] = defaultdict(list)
        self._usual: dict[tuple[str, int], dict[str, Usual]] = {}

    def usual(self, job_type: str, size_class: int) -> dict[str, Usual]:
        """As above, looked up once; while the database is away, that there is no history."""
        key = (job_type, size_class)
        if key not in self._usual:
            try:
                self._usual[key] = usual(job_type, size_class)
            except DATABASE_AWAY as e:
                db.session.rollback()
                log.warning("timings_not_read", type=job_type, error=str(e))
                return {}
        return self._usual[key]

    def note(self, job_type: str, step: str, size_class: int, seconds: float) -> None:
        self._durations[job_type, step, size_class].append(seconds)

    def save(self) -> None:
        """Add them; where the database is away they stay in the book, which is lost with its process."""
        if not self._durations:
            return
        try:
            with transaction() as session:
                # In one order everywhere: two workers that renew the same rows would else wait for each other.
                for key, durations in sorted(self._durations.items()):
                    add(session, key, durations)
        except DATABASE_AWAY as e:
            log.warning("timings_not_saved", error=str(e))
        else:
            self._durations.clear()


def add(session: Session, key: tuple[str, str, int], durations: Sequence[float]) -> None:
    """Add samples, at least one, to the history of `(job_type, step, size_class)`."""
    job_type, step, size_class = key
    which = {"of_type": job_type, "of_step": step, "of_size": size_class}
    row = session.connection().execute(_KNOWN, which).one_or_none()
    known = None if row is None else Usual(row.mean_seconds, row.variance, row.samples)
    now = reduce(with_sample, durations[1:], with_sample(known, durations[0]))
    values = {"samples": now.samples, "mean_seconds": now.mean_seconds, "variance": now.variance}
    if row is not None:
        session.connection().execute(_RENEW, which | values)
        return
    try:
        with session.begin_nested():
            its_key = {"job_type": job_type, "step": step, "size_class": size_class}
            session.connection().execute(_ADD, its_key | values)
    except IntegrityError:
        return  # another worker wrote the first samples just now; a few more or less do not matter
