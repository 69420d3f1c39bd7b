"""What an operator may do to jobs, to one or to many."""

from typing import Annotated, Literal

from pydantic import Field

from blueprints.schemas.common import Answered, Input, JobId, Status
from blueprints.schemas.jobs import FilterFields, StatusFilter
from services.bulk.preview import MAX_COUNTED

Children = Annotated[str, Field(json_schema_extra={"enum": ["", "with", "without"]})]


class Filter(FilterFields, Input):
    """Which jobs are meant; what is left out does not matter, but something must be said."""

    status: StatusFilter = Field(default="", examples=["failed"])
    children: Children = Field(default="", description="Whether parts of larger jobs are meant too.")


class Bulk(Input):
    filter: Filter
    dry_run: bool = Field(default=False, description=f"Only count what would be changed, up to {MAX_COUNTED:,}.")
    background: bool = Field(
        default=False, description="Do it in a background job, to however many: the answer is a 202 with that job."
    )


class BulkMove(Bulk):
    priority: Literal["high", "default", "low"]


class BulkAnswer(Answered):
    matched: int
    changed: int
    skipped: int = Field(description="Those that had moved on meanwhile.")
    more: bool = Field(description="Whether others are left: one request changes 1,000 at most.")


class NewPriority(Input):
    queue: Literal["high", "default", "low"] = Field(description="The queue that it is to wait in.")


class JobChanged(Answered):
    job_id: JobId
    status: Status


class JobDeleted(Answered):
    job_id: JobId
