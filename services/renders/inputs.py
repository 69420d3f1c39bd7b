"""What an operation is made of: checked, and filled in from its target where nothing is said."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from clients.renderer import ADD_MUSIC, COMBINE, CONCATENATE
from errors import InvalidInput
from models import Segment, Video
from services.renders import states
from services.renders.targets import Target

NAMES: Mapping[str, tuple[str, ...]] = {
    COMBINE: ("voice_url", "video_url"),
    CONCATENATE: ("video_urls",),
    ADD_MUSIC: ("video_url", "music_url", "music_volume"),
}
MAX_URL_CHARS = 2000
MAX_VIDEOS = 500
DEFAULT_MUSIC_VOLUME = 0.2


def checked(session: Session, operation: str, target: Target, given: Mapping[str, Any]) -> dict[str, Any]:
    """All inputs of the operation.

    :raise InvalidInput: naming the one that is missing, unknown or not acceptable.
    """
    names = NAMES[operation]
    if unknown := sorted(given.keys() - set(names)):
        raise _refusal(unknown[0], f"there is no such input of {operation}; there are {', '.join(names)}")
    said = {name: value for name, value in given.items() if value is not None}
    inputs = _known(session, operation, target) | said
    return {name: _checked(name, inputs.get(name)) for name in names}


def _known(session: Session, operation: str, target: Target) -> dict[str, Any]:
    """What the target itself tells."""
    if isinstance(target, Segment):
        return {"voice_url": target.voice_url, "video_url": target.video_url}
    if operation == CONCATENATE:
        return {"video_urls": _files_of_segments(session, target)}
    return {"video_url": target.file_url, "music_volume": DEFAULT_MUSIC_VOLUME}


def _files_of_segments(session: Session, video: Video) -> Sequence[str]:
    """:raise InvalidInput: if one of its segments has not been combined."""
    segments = session.execute(
        select(Segment.id, Segment.status, Segment.file_url)
        .where(Segment.video_id == video.id)
        .order_by(Segment.position, Segment.id)
    ).all()
    for segment in segments:
        if segment.status != states.COMBINED:
            raise _refusal("video_urls", f"name them, or combine the segment {segment.id!r} first")
    return [segment.file_url for segment in segments]


def _checked(name: str, value: Any) -> Any:
    if name == "music_volume":
        return _volume(value)
    if name != "video_urls":
        return _url(name, value)
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_VIDEOS:
        raise _refusal(name, f"it is a list of 1 to {MAX_VIDEOS} addresses")
    return [_url(f"{name}.{place}", each) for place, each in enumerate(value)]


def _volume(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise _refusal("music_volume", "it is a number from 0 to 1")
    return float(value)


def _url(name: str, value: Any) -> str:
    allowed = f"it is an http:// or https:// address that the renderer can reach, of {MAX_URL_CHARS} characters at most"
    if not isinstance(value, str) or len(value) > MAX_URL_CHARS or not value.isprintable() or " " in value:
        raise _refusal(name, allowed)
    try:
        parts = urlsplit(value)
    except ValueError:
        raise _refusal(name, allowed) from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise _refusal(name, allowed)
    return value


def _refusal(name: str, allowed: str) -> InvalidInput:
    return InvalidInput(f"“inputs.{name}” cannot be taken: {allowed}.", details={f"inputs.{name}": allowed})
