"""What tests of the async API share."""

from werkzeug.test import TestResponse

from extensions import db
from models import Job


def job_of(answer: TestResponse) -> Job:
    """The row of the job that an answer tells of."""
    assert answer.json
    db.session.rollback()
    return db.session.get_one(Job, answer.json["job_id"], populate_existing=True)
