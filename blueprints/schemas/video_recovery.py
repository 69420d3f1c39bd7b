"""Recovery of stuck videos: what a run is told of."""

from typing import Literal

from pydantic import Field

from blueprints.schemas.common import Answered, JobId


class RecoveryTold(Answered):
    """How a recovery run stands."""

    status: Literal["completed", "running", "already_running", "failed"]
    message: str
    run_id: JobId
    job_id: JobId = Field(description="Of the job that does it; its run bears the same id.")
    found: int = Field(description="Videos that wait and are older than `STUCK_AFTER_MINUTES`.")
    triggered: int = Field(description="Of these, those that were started again.")
    skipped: int = Field(
        description="Left alone: a run is live or ended lately, the upload grows, or runs have failed."
    )
    failed: int
