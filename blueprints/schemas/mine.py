"""A person's own jobs."""

from pydantic import Field

from blueprints.schemas.common import Answered
from blueprints.schemas.jobs import JobLine
from services.jobs.mine import SHOWN


class MyJobs(Answered):
    live: list[JobLine] = Field(description=f"Those that run or wait, up to {SHOWN}.")
    live_count: int = Field(description="How many run or wait, those that are not listed included.")
    ended: list[JobLine] = Field(description=f"The last {SHOWN} that ended within a day, the latest first.")
