"""How many places each step has left in the whole fleet, and the lock under which they are given out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from config import Settings
from extensions import db, transaction
from models import Counter, Job
from services.footage.steps import BY_NAME
from services.footage.targets import FRAME, job_types, step_of_job
from services.jobs import states

LOCK = "footage:dispatch"


@dataclass(frozen=True, slots=True)
class Live:
    """The steps' jobs that are live, waiting or running: `(step, target kind, target key)` of each."""

    jobs: Sequence[tuple[str, str, str]]

    def free(self, settings: Settings) -> dict[str, int]:
        """How many places each step has; none, never less, where a limit was lowered."""
        taken = self.count()
        return {name: max(0, step.at_once(settings) - taken[name]) for name, step in BY_NAME.items()}

    def count(self) -> Mapping[str, int]:
        """How many of each step are live."""
        return {name: sum(step == name for step, _, _ in self.jobs) for name in BY_NAME}

    def keys(self, kind: str) -> list[str]:
        """The targets of that kind that some job is at, or will be."""
        return [key for _, of_kind, key in self.jobs if of_kind == kind]

    def frame_ids(self) -> list[int]:
        return [int(key) for key in self.keys(FRAME)]


def lock(session: Session) -> None:
    """Wait for whoever else gives places out, and keep others waiting until the transaction ends.

    On SQLite the write transaction is that lock already; elsewhere it is a row.
    """
    session.execute(select(Counter.last).where(Counter.name == LOCK).with_for_update())


def make_lock() -> None:
    """Make the row, once for ever."""
    if db.session.get(Counter, LOCK) is not None:
        return
    try:
        with transaction() as session:
            session.execute(insert(Counter).values(name=LOCK, last=0))
    except IntegrityError:  # somebody else has made it
        return


def live_jobs(session: Session) -> Live:
    """All live jobs of steps: there are no more than the limits allow, so this is a short list."""
    wanted = select(Job.type, Job.target_type, Job.target_id).where(
        Job.parent_id.is_(None),
        Job.status.in_(states.LIVE),
        # Put so that no index on types serves it: that would read all the jobs that have ended.
        (Job.type + "").in_(job_types()),
    )
    rows = session.execute(wanted).all()
    return Live([(step_of_job(type_name).name, kind or "", key or "") for type_name, kind, key in rows])
