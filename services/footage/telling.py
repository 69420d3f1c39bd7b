"""What the rows of a piece of footage say, as a describer and an embedder take it."""

from collections.abc import Sequence
from typing import Any

from models import Footage, FootageSpeech, Frame
from services.describing import Facts, Moment
from services.footage import judgement
from services.transcribing import segments

MEASURED = "local-"  # how the names of captioners begin that measure, and do not see


def facts_of(footage: Footage, frames: Sequence[Frame], speech: FootageSpeech | None) -> Facts:
    """All that is known of it. A title that is but a camera's name for a file is left out."""
    return Facts(
        title=footage.title if judgement.title_points(footage.title) else "",
        description=footage.description,
        keywords=tuple(footage.keywords),
        duration_seconds=footage.duration_seconds,
        moments=tuple(_moment(frame) for frame in frames),
        speech=tuple(segments.from_json(speech.segments)) if speech else (),
    )


def _moment(frame: Frame) -> Moment:
    seen: dict[str, Any] = frame.seen or {}
    return Moment(
        at_seconds=frame.at_seconds,
        told=told(frame),
        read=tuple(seen.get("text", ())),
        colours=tuple((colour["name"], colour["share"]) for colour in seen.get("colours", ())),
    )


def told(frame: Frame) -> str:
    """The caption, where whoever wrote it understands pictures."""
    return "" if (frame.captioner or "").startswith(MEASURED) else frame.caption or ""


def text_of_frame(frame: Frame) -> str:
    """What a frame is embedded by: what is seen, read and said there, and only where there is none of it, its look."""
    read = " ".join((frame.seen or {}).get("text", ()))
    telling = " ".join(filter(None, (told(frame), read, frame.speech)))
    return telling or frame.caption or "A picture."


def text_of_footage(footage: Footage) -> str:
    """What a piece of footage is embedded by: what people say of it, and what was made of it."""
    words = dict.fromkeys([*footage.keywords, *footage.tags])
    parts = (footage.title, footage.made_title, ", ".join(words), footage.description, footage.made_description)
    return ". ".join(dict.fromkeys(part.strip(". ") for part in parts if part)) or "Footage."
