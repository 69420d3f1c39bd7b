"""What a record hears of the end of a step's job, in the transaction that ends it.

A job that finished has moved its record by then. One that failed, was canceled, or was given up after its workers were
lost, is a failure of the record: it is taken up again after a while, or set aside.
"""

from sqlalchemy.orm import Session

from models import Job
from services.footage.failing import note_failure
from services.footage.running import problem_of_job
from services.footage.targets import Target, step_of_job
from services.jobs import states as job_states


def step_ended(session: Session, job_id: str, status: str) -> None:
    """Count it if the job did not finish."""
    if status == job_states.FINISHED:
        return
    job = session.get(Job, job_id, populate_existing=True)
    if job is not None and job.target_type and job.target_id:
        target = Target(job.target_type, job.target_id)
        note_failure(session, target, step_of_job(job.type), problem_of_job(job), job_id=job_id)
