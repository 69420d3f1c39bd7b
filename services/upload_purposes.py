"""What becomes of an upload once all of it is there: an episode, a piece of footage, or a video."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from errors import Conflict, InvalidInput
from models import Upload
from services.episodes import catalogue as episodes
from services.footage import catalogue as footage
from services.footage.said import Said, keywords_in
from services.library import text
from services.videos import arriving

EPISODE, FOOTAGE, VIDEO = "episode", "footage", "video"
Details = Mapping[str, Any]


def _nothing_yet(_session: Session, _upload: Upload) -> None:
    return None


def _go_on(_upload_id: str) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Purpose:
    """`checked` refuses before the first byte what would be refused after the last; `make` gives the id of what it
    makes, in one transaction with the upload's note of it.

    `begun` is called in the transaction that begins the upload, and `resumed` with its id before each piece.
    """

    checked: Callable[[Details], dict[str, Any]]
    make: Callable[[Upload], str]
    begun: Callable[[Session, Upload], None] = _nothing_yet
    resumed: Callable[[str], None] = _go_on


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


PURPOSES = {
    EPISODE: Purpose(_checked_episode, _make_episode),
    FOOTAGE: Purpose(_checked_footage, _make_footage),
    VIDEO: Purpose(arriving.checked, arriving.make, arriving.enlist, arriving.resumed),
}
