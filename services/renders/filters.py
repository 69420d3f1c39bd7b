"""Which renders somebody means, as an address or a form says it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_

from clients.renderer import ADD_MUSIC, COMBINE, CONCATENATE
from errors import InvalidInput
from models import Render
from services.library import text
from services.renders import states, stuck

OPERATIONS = (COMBINE, CONCATENATE, ADD_MUSIC)
NOBODY = "nobody"  # its end was never found out
FOUND_BY = (states.WEBHOOK, states.POLL, NOBODY)
STUCK = "stuck"  # besides the statuses: under way for too long, or given up
CHOICES = {"status": (*states.ALL, STUCK), "operation": OPERATIONS, "found_by": FOUND_BY}
FIELDS = ("status", "operation", "found_by", "owner", "q", "until")
MAX_CHARS = 100
MAX_IDS = 500


@dataclass(frozen=True, slots=True)
class RenderFilter:
    """What is empty narrows nothing. `q` is the start of an id, or a part of a target's; `until` the last id that is
    meant, so that those made later are not; `ids` are those that were ticked."""

    status: str = ""
    operation: str = ""
    found_by: str = ""
    owner: str = ""
    q: str = ""
    until: str = ""
    ids: tuple[str, ...] = ()

    @classmethod
    def of_ids(cls, ids: Sequence[str]) -> "RenderFilter":
        """:raise InvalidInput: if none was ticked, or too many."""
        if not 1 <= len(ids) <= MAX_IDS:
            allowed = f"1 to {MAX_IDS} renders"
            raise InvalidInput(f"{len(ids)} renders are ticked: tick {allowed}.", details={"render_id": allowed})
        return cls(ids=tuple(ids))

    @classmethod
    def from_mapping(cls, said: Mapping[str, str]) -> "RenderFilter":
        """:raise InvalidInput: naming the field, and what it may be."""
        texts = {name: text.drop_unprintable(said.get(name, "")).strip() for name in FIELDS}
        for name, allowed in CHOICES.items():
            if texts[name] and texts[name] not in allowed:
                raise _refused(name, texts[name], f"one of {', '.join(allowed)}")
        if texts["owner"] and not (texts["owner"].isascii() and texts["owner"].isdigit() and len(texts["owner"]) < 10):
            raise _refused("owner", texts["owner"], "the number of a person")
        status, operation, found_by, owner, q, until = (texts[name][:MAX_CHARS] for name in FIELDS)
        return cls(status, operation, found_by, owner, q, until)

    def as_dict(self) -> dict[str, str]:
        """What narrows but for ids, for addresses and hidden fields."""
        return {name: getattr(self, name) for name in FIELDS if getattr(self, name)}

    def conditions(self) -> list[ColumnElement[bool]]:
        """Of `Render`."""
        found: list[ColumnElement[bool]] = [Render.id.in_(self.ids)] if self.ids else []
        if self.owner:
            found.append(Render.owner_id == int(self.owner))
        if self.status:
            found.append(stuck.is_stuck() if self.status == STUCK else Render.status == self.status)
        if self.operation:
            found.append(Render.operation == self.operation)
        if self.found_by:
            found.append(Render.found_by.is_(None) if self.found_by == NOBODY else Render.found_by == self.found_by)
        if self.until:
            found.append(Render.id <= self.until)
        return found + ([self._is_named()] if self.q else [])

    def _is_named(self) -> ColumnElement[bool]:
        ids = (Render.id.startswith(self.q.upper(), autoescape=True), Render.external_job_id == self.q)
        return or_(*ids, Render.target_id.icontains(self.q, autoescape=True))


def _refused(name: str, said: str, allowed: str) -> InvalidInput:
    return InvalidInput(f"{name} is {said[:40]!r}: it is {allowed}.", details={name: allowed})
