"""Which renders somebody means, as an address or a form says it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from sqlalchemy import ColumnElement, or_

from clients.renderer import ADD_MUSIC, COMBINE, CONCATENATE
from errors import InvalidInput
from models import Render
from services.library import text
from services.renders import states

OPERATIONS = (COMBINE, CONCATENATE, ADD_MUSIC)
NOBODY = "nobody"  # its end was never found out
FOUND_BY = (states.WEBHOOK, states.POLL, NOBODY)
CHOICES = {"status": states.ALL, "operation": OPERATIONS, "found_by": FOUND_BY}
MAX_CHARS = 100


@dataclass(frozen=True, slots=True)
class RenderFilter:
    """What is empty narrows nothing. `q` is the start of an id, or a part of a target's; `until` the last id that is
    meant, so that those made later are not."""

    status: str = ""
    operation: str = ""
    found_by: str = ""
    owner: str = ""
    q: str = ""
    until: str = ""

    @classmethod
    def from_mapping(cls, said: Mapping[str, str]) -> "RenderFilter":
        """:raise InvalidInput: naming the field, and what it may be."""
        texts = {field.name: text.drop_unprintable(said.get(field.name, "")).strip() for field in fields(cls)}
        for name, allowed in CHOICES.items():
            if texts[name] and texts[name] not in allowed:
                raise _refused(name, texts[name], f"one of {', '.join(allowed)}")
        if texts["owner"] and not (texts["owner"].isascii() and texts["owner"].isdigit() and len(texts["owner"]) < 10):
            raise _refused("owner", texts["owner"], "the number of a person")
        return cls(**{name: value[:MAX_CHARS] for name, value in texts.items()})

    def as_dict(self) -> dict[str, str]:
        """What narrows, for addresses and hidden fields."""
        named = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in named.items() if value}

    def conditions(self) -> list[ColumnElement[bool]]:
        """Of `Render`; the first that says most."""
        found: list[ColumnElement[bool]] = []
        if self.owner:
            found.append(Render.owner_id == int(self.owner))
        if self.status:
            found.append(Render.status == self.status)
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
