"""Waiting a while for a job to end, for callers that want the answer at once where it does not take long."""

import threading

import clock
from extensions import db
from models import Job
from services.jobs import states
from services.jobs.operations import get_job

LOOK_EVERY_SECONDS = 0.25
# Each who waits holds a thread of this process, and pages must find one.
MOST_AT_ONCE = 2

_places = threading.BoundedSemaphore(MOST_AT_ONCE)
_never = threading.Event()


def pause() -> None:
    _never.wait(LOOK_EVERY_SECONDS)


def wait_for_end(job_id: str, *, most_seconds: float) -> Job:
    """The job once it is over, or as it is after that time; as it is now, if too many wait already.

    :raise NotFound: if there is no such job.
    """
    if not _places.acquire(blocking=False):
        return get_job(job_id)
    try:
        until = clock.monotonic() + most_seconds
        while (job := get_job(job_id)).status in states.LIVE and clock.monotonic() < until:
            db.session.rollback()
            pause()
        return job
    finally:
        _places.release()
