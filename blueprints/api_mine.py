"""The person's own jobs, for the tray that every page has."""

from dataclasses import asdict

from flask import Blueprint

from blueprints.actor import current_owner_id
from blueprints.openapi import JOBS, Answer, operation
from blueprints.schemas.mine import MyJobs
from services.jobs import mine

bp = Blueprint("api_mine", __name__, url_prefix="/api/jobs")


@bp.get("/mine")
@operation(JOBS, MyJobs)
def my_jobs() -> Answer:
    """List your own jobs: those that run or wait, and those that ended within a day, ten of each."""
    return {"success": True, **asdict(mine.my_jobs(current_owner_id()))}
