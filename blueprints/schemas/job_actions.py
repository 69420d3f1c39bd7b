"""What an operator may do to jobs, to one or to many."""

from typing import Annotated, Literal

from pydantic import Field

from blueprints.schemas.common import Answered, Input, JobId, Status, Text
from blueprints.schemas.jobs import QueueFilter, StatusFilter, TypeFilter

Children = Annotated[str, Field(json_schema_extra={"enum": ["with", "without"]})]


class Filter(Input):
    """Which jobs are meant; what is left out does not matter, but something must be said."""

    status: StatusFilter = Field(default="", examples=["failed"])
    type: TypeFilter = ""
    queue: QueueFilter = ""
    q: Text = Field(default="", description="A job's id, or words of its title or error.")
    target: Text = Field(default="", description="What it is about, such as `song:12`.")
    owner: Text = Field(default="", description="A person's id or name.")
    worker: Text = Field(default="", description="Part of a worker's name.")
    error: Text = Field(default="", description="Words of the error.")
    error_group: Text = Field(default="", description="The group of failures that it belongs to.")
    params: Text = Field(default="", description="Part of the parameters, or `key=value`.")
    parent: Text = Field(default="", description="The job that it is a part of.")
    since: Text = Field(default="", description="Created then or later: a time, or an age such as `24h`.")
    until: Text = Field(default="", description="Created before then.")
    children: Children = Field(default="", description="Whether parts of larger jobs are meant too.")


class Bulk(Input):
    filter: Filter
    dry_run: bool = Field(default=False, description="Only count what would be changed, up to 10,000.")
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
