"""Which files can be imported, by the ends of their names, and how big they may be."""

from pathlib import PurePosixPath
from typing import Literal

Kind = Literal["song", "lyrics", "playlist"]

MEBIBYTE = 1024 * 1024
DEFAULT_MAX_AUDIO_BYTES = 500 * MEBIBYTE
MAX_LYRICS_BYTES = 2 * MEBIBYTE
MAX_PLAYLIST_BYTES = 20 * MEBIBYTE
MAX_PLAYLIST_ENTRIES = 20_000

AUDIO_SUFFIXES = (".mp3", ".flac", ".m4a", ".ogg", ".opus")
LYRICS_SUFFIXES = (".lrc", ".txt", ".srt")  # the best source of a song's lyrics first
PLAYLIST_SUFFIXES = (".m3u", ".m3u8", ".xspf", ".csv", ".json")

_LITTER = frozenset({"thumbs.db", "desktop.ini", "__macosx"})


def suffix_of(name: str) -> str:
    return _path(name).suffix.lower()


def stem_of(name: str) -> str:
    return _path(name).stem


def kind_of(name: str) -> Kind | None:
    """What a file claims to be; None for what cannot be imported."""
    suffix = suffix_of(name)
    if suffix in AUDIO_SUFFIXES:
        return "song"
    if suffix in LYRICS_SUFFIXES:
        return "lyrics"
    return "playlist" if suffix in PLAYLIST_SUFFIXES else None


def is_litter(name: str) -> bool:
    """Whether a file is hidden, or left behind by an operating system."""
    return any(part.startswith(".") or part.lower() in _LITTER for part in _path(name).parts if part not in (".", ".."))


def _path(name: str) -> PurePosixPath:
    return PurePosixPath(name.replace("\\", "/"))
