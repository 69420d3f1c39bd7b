"""Work on episodes for callers that wait for it."""

from typing import Literal

from pydantic import Field

from blueprints.schemas.async_api import ClipLine, TargetStage
from blueprints.schemas.common import Answered, Input, JobId
from blueprints.schemas.episodes import EpisodeLine


class ProcessNow(Input):
    """How far an episode is to be processed by a caller that waits."""

    target_stage: TargetStage = Field(default="rendered", description="Processing stops there.")
    force_reprocess: bool = Field(default=False, description="Start over, whatever is there already.")


class Processed(Answered):
    """An episode that has come to the stage that was asked for."""

    job_id: JobId
    status: Literal["completed"] = "completed"
    episode_id: str
    stage: str
    message: str


class ClipList(Answered):
    episode_id: str
    stage: str
    clips: list[ClipLine]


class Discovered(Answered):
    """What was new in the watched folder and in the storage's inbox; the files are on their way."""

    found: int
    episodes: list[EpisodeLine]
