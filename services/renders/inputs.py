"""What an operation is made of: checked, and filled in from its target where nothing is said."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from clients import public_address
from clients.renderer import ADD_MUSIC, COMBINE, CONCATENATE
from errors import InvalidInput
from extensions import current_settings
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

    Addresses that are given must be anybody's: the renderer asks whatever it is told to, in its own network too.

    :raise InvalidInput: naming the one that is missing, unknown or not acceptable.
    """
    names = NAMES[operation]
    if unknown := sorted(given.keys() - set(names)):
        raise _refusal(unknown[0], f"there is no such input of {operation}; there are {', '.join(names)}")
    said = {name: value for name, value in given.items() if value is not None}
    inputs = _known(session, operation, target) | said
    private = current_settings().webhook_allow_private  # what the target itself tells may lie anywhere
    return {name: _checked(name, inputs.get(name), allow_private=private or name not in said) for name in names}


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


def _checked(name: str, value: Any, *, allow_private: bool) -> Any:
    if name == "music_volume":
        return _volume(value)
    if name != "video_urls":
        return _url(name, value, allow_private=allow_private)
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_VIDEOS:
        raise _refusal(name, f"it is a list of 1 to {MAX_VIDEOS} addresses")
    return [_url(f"{name}.{place}", each, allow_private=allow_private) for place, each in enumerate(value)]


def _volume(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise _refusal("music_volume", "it is a number from 0 to 1")
    return float(value)


def _url(name: str, value: Any, *, allow_private: bool) -> str:
    """By its looks alone: it is the renderer that looks its name up, and may find another address than we would."""
    if not isinstance(value, str):
        raise _refusal(name, "it is the http:// or https:// address of a file that the renderer can reach")
    try:
        public_address.parse(value, allow_private=allow_private, max_chars=MAX_URL_CHARS)
    except InvalidInput as e:
        raise InvalidInput(
            f"“inputs.{name}”: {e.message}", code=e.code, details={f"inputs.{name}": e.message}
        ) from None
    return value


def _refusal(name: str, allowed: str) -> InvalidInput:
    return InvalidInput(f"“inputs.{name}” cannot be taken: {allowed}.", details={f"inputs.{name}": allowed})
