"""What is stuck."""

from pydantic import BaseModel, Field

from blueprints.schemas.common import Answered, Instant


class RemedyLine(BaseModel):
    """What an operator may do about it now, on the console's page."""

    label: str
    effect: str


class StuckLine(BaseModel):
    """One thing that should go on, and does not."""

    id: str
    title: str
    detail: str
    url: str = Field(description="The path of its page.")
    why: str
    since: Instant
    next: str = Field(description="What Backbeat does about it by itself.")
    next_at: Instant | None = Field(description="When it does that, where that is known.")
    remedy: RemedyLine | None


class StuckKind(BaseModel):
    """All that is stuck of one kind; `things` are the first of them."""

    kind: str
    label: str
    what: str = Field(description="When one of them is stuck.")
    count: int
    is_at_least: bool = Field(description="Whether there may be more than `count`.")
    things: list[StuckLine]


class RecoveryAnswer(Answered):
    count: int = Field(description="How many things are stuck, of all kinds.")
    kinds: list[StuckKind]
