"""What the list of all renders shows, from what stands in its address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from blueprints.video_labels import OPERATION
from errors import InvalidInput
from models import Render
from services.renders import listing
from services.renders.filters import FIELDS, RenderFilter
from services.renders.stuck import count_stuck


@dataclass(frozen=True, slots=True)
class RenderList:
    """A page of the list, or why there is none. `kept` is what the address says, and the form shows again."""

    kept: Mapping[str, str]
    counts: Mapping[str, int]
    stuck: int
    owners: Mapping[int, str]
    renders: Sequence[Render] = ()
    people: Mapping[int, str] = field(default_factory=dict)
    next_cursor: str | None = None
    error: InvalidInput | None = None

    @property
    def operations(self) -> Sequence[tuple[str, str]]:
        return list(OPERATION.items())

    def without(self, name: str) -> dict[str, str]:
        """The address of the list that is not narrowed by that."""
        return {each: value for each, value in self.kept.items() if each != name}


def kept(said: Mapping[str, str]) -> dict[str, Any]:
    """The part of an address that says which renders are listed, for the addresses of links and buttons."""
    return {name: said[name].strip() for name in FIELDS if name != "until" and said.get(name, "").strip()}


def read(args: Mapping[str, str]) -> RenderList:
    """The page that an address asks for."""
    named, counts, stuck, owners = kept(args), listing.counts(), count_stuck(), listing.owners()
    try:
        found = listing.page(RenderFilter.from_mapping(named), cursor=args.get("cursor", ""))
    except InvalidInput as e:
        return RenderList(named, counts, stuck, owners, error=e)
    people = listing.names_of([render.owner_id for render in found.items])
    return RenderList(named, counts, stuck, owners, found.items, people, found.next_cursor)
