"""What a recording's container says of itself: its streams, its timecode, and when it was recorded."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import av

import clock
from services.library import text
from services.media.containers import OPTIONS, is_cover

MAX_STREAMS = 40
WORD_CHARS = 60
UNDETERMINED = "und"  # ISO 639-2
# By which cameras and editors say when it was recorded: Apple's keeps the place's own time.
RECORDED_AT = ("com.apple.quicktime.creationdate", "creation_time", "date_recorded")


def details(path: Path) -> dict[str, Any]:
    """`{container, streams: [{kind, codec, …}], timecode, recorded_at, bit_rate}` of a recording that can be opened.

    `recorded_at` is ISO 8601 in UTC, `bit_rate` bits a second; what it does not say is None, and of streams left out.
    """
    with av.open(str(path), options=OPTIONS, metadata_errors="replace") as container:
        tags = [_lower(container.metadata), *(_lower(stream.metadata) for stream in container.streams)]
        return {
            "container": container.format.long_name or container.format.name,
            "streams": [_stream(stream) for stream in list(container.streams)[:MAX_STREAMS]],
            "timecode": next(_said(tags, "timecode"), None),
            "recorded_at": _recorded_at(tags),
            "bit_rate": container.bit_rate or None,
        }


def picture_seconds(told: Mapping[str, Any], duration_seconds: float) -> float:
    """How long there is a picture: the sound may go on for longer."""
    videos = [each for each in told.get("streams", ()) if each["kind"] == "video" and not each.get("is_cover")]
    said = videos[0].get("duration_seconds") if videos else None
    return min(said, duration_seconds) if said else duration_seconds


def _lower(tags: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in tags.items()}


def _said(tags: list[dict[str, str]], name: str) -> Iterator[str]:
    return (_word(each[name]) for each in tags if each.get(name))


def _word(said: str) -> str:
    return text.clean(said.replace("\x00", ""), field="tag", max_chars=WORD_CHARS)


def _recorded_at(tags: list[dict[str, str]]) -> str | None:
    for name in RECORDED_AT:
        for said in _said(tags, name):
            if instant := _instant(said):
                return clock.iso(instant)
    return None


def _instant(said: str) -> float | None:
    """Seconds since the epoch; None for what cannot be read, and for the zero of clocks that were never set."""
    try:
        moment = datetime.fromisoformat(said)
        # Within the years 1 to 9999 in UTC as well, where it is to be told again.
        instant = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).timestamp()
    except (ValueError, OverflowError):
        return None
    return instant if instant > 0 else None


def _stream(stream: Any) -> dict[str, Any]:
    is_known = stream.codec_context is not None  # there are streams that FFmpeg has no decoder for
    facts = {
        "kind": stream.type,
        "codec": stream.codec.canonical_name if is_known else None,
        "language": None if stream.language in (None, UNDETERMINED) else _word(stream.language),
        "duration_seconds": _seconds(stream),
        **(_picture(stream) if is_known and stream.type == "video" else {}),
        **(_sound(stream) if is_known and stream.type == "audio" else {}),
    }
    return {name: value for name, value in facts.items() if value}


def _seconds(stream: Any) -> float | None:
    if stream.duration is None or stream.time_base is None:
        return None
    return round(float(stream.duration * stream.time_base), 3)


def _picture(stream: Any) -> dict[str, Any]:
    rate, aspect = stream.average_rate or stream.guessed_rate, stream.sample_aspect_ratio
    return {
        "width": stream.codec_context.width,
        "height": stream.codec_context.height,
        "pixel_format": stream.codec_context.pix_fmt,
        "pixel_aspect": f"{aspect.numerator}:{aspect.denominator}" if aspect and aspect != 1 else None,
        "frames_per_second": round(float(rate), 3) if rate else None,
        "profile": stream.profile,
        "bit_rate": stream.codec_context.bit_rate,
        "is_cover": is_cover(stream),
    }


def _sound(stream: Any) -> dict[str, Any]:
    return {
        "sample_rate": stream.codec_context.sample_rate,
        "channels": stream.codec_context.channels,
        "layout": stream.codec_context.layout.name,
        "bit_rate": stream.codec_context.bit_rate,
    }
