"""What a recording is, found out before anything is done with it."""

from pathlib import Path

from services.media import boxes
from services.media.info import EMPTY, TRUNCATED, MediaInfo, UnusableMedia


def probe(path: Path, *, needs_sound: bool = True) -> MediaInfo:
    """What kind of recording a file is; it is opened, its first picture decoded, and its end looked at.

    :raise UnusableMedia: `empty_file`, `not_a_video`, `zero_length` or `truncated`, or, of one without sound where it
        `needs_sound`, `no_audio_track`.
    """
    size_bytes = path.stat().st_size
    if size_bytes == 0:
        raise UnusableMedia("empty_file", EMPTY)
    if boxes.is_cut_off(path):
        raise UnusableMedia("truncated", TRUNCATED)
    from services.media.containers import look_into

    return look_into(path, size_bytes, needs_sound=needs_sound)
