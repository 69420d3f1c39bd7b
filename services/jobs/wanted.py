"""Whether a ring still has something to do; looks only, the claim decides."""

from sqlalchemy import bindparam, select

from extensions import db
from models import Job
from services.jobs import states
from services.jobs.registry import JOB_TYPES
from services.jobs.turns import NOT_PAUSED

# What is paused is left out: its rings come anew once it is resumed.
_WANTED = select(Job.type).where(
    Job.id == bindparam("wanted"), Job.attempt == bindparam("its_attempt"), Job.status == states.QUEUED, NOT_PAUSED
)
_WAITING_CHILD = (
    select(Job.type).where(Job.parent_id == bindparam("of_parent"), Job.status == states.QUEUED, NOT_PAUSED).limit(1)
)


def type_wanted(job_id: str, attempt: int) -> str | None:
    """The type of the job, if a ring for this attempt still has something to do for us.

    A job whose type only a later release knows is left to that release's workers: the janitor rings for them again.
    """
    return _known(db.session.connection().scalar(_WANTED, {"wanted": job_id, "its_attempt": attempt}))


def type_of_waiting_child(parent_id: str, _lane: int, _serial: int) -> str | None:
    """That of a child, if a ring for a lane still has something to do for us."""
    return _known(db.session.connection().scalar(_WAITING_CHILD, {"of_parent": parent_id}))


def _known(type_name: str | None) -> str | None:
    return type_name if type_name in JOB_TYPES else None
