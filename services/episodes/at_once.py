"""Processing for callers that wait for the answer: a while, and then a job takes over."""

from errors import Conflict
from services.episodes.orders import Taken
from services.jobs import patience, states
from services.jobs.s2 import s2_status

MOST_SECONDS = 25.0  # less than a load balancer or a client waits by itself


def is_done(taken: Taken) -> bool:
    """Whether the work has finished by now, or within `MOST_SECONDS`; else a job goes on with it.

    :raise Conflict: if it has failed, or was canceled.
    """
    job = patience.wait_for_end(taken.submission.job_id, most_seconds=MOST_SECONDS)
    if job.status in (states.FAILED, states.CANCELED):
        word = s2_status(job.status)
        sentence = job.error or f"The work was {word}."
        raise Conflict(sentence, code=job.error_code or word, details={"job_id": job.id, "status": word})
    return job.status == states.FINISHED
