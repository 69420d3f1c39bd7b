"""Which jobs somebody meant, frozen at the moment of asking."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, select
from ulid import ULID

from errors import InvalidInput
from extensions import db, db_now
from models import Job
from services.bulk.actions import Action
from services.jobs.filters import JobFilter
from services.jobs.registry import BULK_ACTION

MAX_IDS = 200
_ULID_TIME_CHARS, _ULID_CHARS = 10, 26


def new_token() -> str:
    """The moment of asking, by the database's clock, as a ULID: it also tells one asking from another."""
    now = db.session.scalar(select(db_now()))
    return str(ULID.from_timestamp(float(now or 0.0)))


@dataclass(frozen=True, slots=True)
class Selection:
    """Jobs that were ticked (`ids`), or all that match a filter, as things were when `token` was given out.

    Whatever was created later is not meant, nor is other work of this kind.
    """

    token: str
    filter: JobFilter = field(default_factory=JobFilter)
    ids: tuple[str, ...] = ()

    @classmethod
    def of_ids(cls, ids: Sequence[str], token: str) -> "Selection":
        """:raise InvalidInput: if there are none, or more than 200."""
        if not 1 <= len(ids) <= MAX_IDS:
            raise InvalidInput(
                "Tick the jobs that are meant." if not ids else f"{len(ids)} jobs are too many to be named one by one.",
                details={"job_id": f"1 to {MAX_IDS} ids of jobs"},
            )
        return cls(token, ids=tuple(sorted(set(ids))))

    @classmethod
    def of_filter(cls, wanted: JobFilter, token: str) -> "Selection":
        """:raise InvalidInput: if the filter is empty: every job at once must be asked for by a state."""
        if wanted.is_empty:
            raise InvalidInput(
                "An empty filter would mean every job.", details={"filter": "at least one of status, type, queue, q"}
            )
        return cls(token, filter=wanted.pinned())

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> "Selection":
        """The selection that `as_params` wrote down."""
        return cls(str(params["token"]), JobFilter(**params.get("filter", {})), tuple(params.get("ids", ())))

    def as_params(self) -> dict[str, Any]:
        wanted = {"ids": list(self.ids)} if self.ids else {"filter": self.filter.as_dict()}
        return {"token": self.token, **wanted}

    def describe(self) -> str:
        """Which jobs, in words."""
        return "Selected one by one" if self.ids else self.filter.describe()

    @property
    def asked_at(self) -> float:
        """Seconds since the epoch, to the millisecond after."""
        return ULID.from_str(self.token).milliseconds / 1000 + 0.001

    def matching(self) -> list[ColumnElement[bool]]:
        """Conditions on `Job`: it is meant, whatever its state."""
        newest = self.token[:_ULID_TIME_CHARS].ljust(_ULID_CHARS, "Z")
        meant = [Job.id.in_(self.ids)] if self.ids else self.filter.conditions()
        return [Job.id <= newest, Job.type != BULK_ACTION, *meant]

    def fitting(self, action: Action, queue: str) -> list[ColumnElement[bool]]:
        """Conditions on `Job`: it is meant, and in a state for the action, if of ended ones since before the asking."""
        conditions = [*self.matching(), action.fitting(queue)]
        if action.of_ended:
            conditions.append(Job.ended_at < self.asked_at)
        return conditions
