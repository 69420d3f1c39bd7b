"""Pieces that many models share."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

import clock

ROW_ID_MAX = 2**31 - 1  # PostgreSQL refuses to even compare an id with more
NAME_MAX_CHARS = 300


def without_nul(text: str) -> str:
    if "\x00" in text:
        raise ValueError("it should not hold a NUL character, which no database column can keep")
    return text


def _iso(instant: float | str) -> str | None:
    return instant if isinstance(instant, str) else clock.iso(instant)


Text = Annotated[str, AfterValidator(without_nul)]
Name = Annotated[Text, Field(max_length=NAME_MAX_CHARS)]
RowId = Annotated[int, Field(ge=1, le=ROW_ID_MAX)]
JOB_ID = re.compile("[0-9A-HJKMNP-TV-Z]{26}")  # a ULID
FOOTAGE_ID = re.compile("AF[0-9]{4,10}")
JobId = Annotated[str, Field(pattern=f"^{JOB_ID.pattern}$", examples=["01JD8Z5M3V7Q2K4N6P8R0S1T2W"])]
Instant = Annotated[
    str,
    BeforeValidator(_iso),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-22T03:38:50.123Z"]}),
]
Status = Literal["queued", "scheduled", "deferred", "started", "finished", "failed", "canceled"]
Queue = Literal["system", "high", "default", "low"]


class Input(BaseModel):
    """Something sent as JSON. A field that is not known is refused, since it is most likely misspelled."""

    model_config = ConfigDict(extra="forbid")


class Query(BaseModel):
    """The parameters of an address. Those that are not known are ignored."""


class LibraryQuery(Query):
    """The parameters of a list that belongs to somebody."""

    owner: RowId | None = Field(default=None, description="Whose; left out: your own. For operators, anybody's.")


class Answered(BaseModel):
    """Every answer that is no error."""

    model_config = ConfigDict(from_attributes=True)

    success: Literal[True] = True


class Error(BaseModel):
    """Every error."""

    success: Literal[False] = False
    error: str = Field(description="A code for machines.", examples=["not_found"])
    message: str = Field(description="One sentence for people.", examples=["There is no song 7."])
    details: dict[str, Any] | None = Field(
        default=None, description="By the name of each field that was refused, what is allowed; or further facts."
    )
    error_id: str | None = Field(default=None, description="Where to find a mistake of the server's in its log.")


class ById(Answered):
    """The row that was changed."""

    id: int
