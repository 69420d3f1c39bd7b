"""What becomes of an upload once all of it is there: an episode, or a piece of footage."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from errors import Conflict, InvalidInput
from models import Upload
from services.episodes import catalogue as episodes
from services.footage import catalogue as footage
from services.footage.said import Said, keywords_in
from services.library import text

EPISODE, FOOTAGE = "episode", "footage"
Details = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Purpose:
    """`checked` refuses before the first byte what would be refused after the last; `make` gives the id of what it
    makes, in one transaction with the upload's note of it."""

    checked: Callable[[Details], dict[str, Any]]
    make: Callable[[Upload], str]


def purpose_named(name: str) -> Purpose:
    """:raise InvalidInput: if nothing of that name can become of an upload."""
    try:
        return PURPOSES[name]
    except KeyError:
        allowed = f"it is one of {', '.join(PURPOSES)}"
        raise InvalidInput(
            f"The purpose {name[:40]!r} is not known: {allowed}.", details={"purpose": allowed}
        ) from None


def _checked_episode(details: Details) -> dict[str, Any]:
    if details.get("id"):
        episodes.refuse_unfit_id(details["id"])
    return {**details, "title": text.clean(str(details.get("title") or ""), field="title")}


def _make_episode(upload: Upload) -> str:
    upload_id, owner_id, title = upload.id, upload.owner_id, str(upload.details.get("title") or "")
    file_name, wanted = upload.file_name, upload.details.get("id")
    try:
        return episodes.enlist(owner_id, title=title, file_name=file_name, episode_id=wanted, upload_id=upload_id).id
    except Conflict:  # somebody has taken the id since, and all these bytes shall not be for nothing
        return episodes.enlist(owner_id, title=title, file_name=file_name, upload_id=upload_id).id


def _checked_footage(details: Details) -> dict[str, Any]:
    _said(details).checked()
    return dict(details)


def _make_footage(upload: Upload) -> str:
    return footage.add_resumed(upload, said=_said(upload.details))


def _said(details: Details) -> Said:
    told = {name: str(details.get(name) or "") for name in ("title", "description", "keywords", "source_url")}
    return Said(told["title"], told["description"], keywords_in(told["keywords"]), told["source_url"] or None)


PURPOSES = {EPISODE: Purpose(_checked_episode, _make_episode), FOOTAGE: Purpose(_checked_footage, _make_footage)}
