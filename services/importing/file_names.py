"""What the name of a file tells of a song, where nothing better does."""

import re

from services.importing.kinds import stem_of

_SEPARATOR = re.compile(r"\s+[-–—]\s+")
# “01 - ”, “1. ”, “03_” or “07 ” before a name; “99 Luftballons” keeps its number.
_TRACK_NUMBER = re.compile(r"^(?:\d{1,3}(?:\s+[-–—]\s+|\.\s+|_\s*)|0\d\s+)(?=\S)")


def artist_and_title(name: str) -> tuple[str, str]:
    """(artist, title) of a file named “Artist - Title.ext”; the artist is empty where the name has no such form."""
    stem = stem_of(name)
    if " " not in stem:
        stem = stem.replace("_", " ")
    return split_artist_title(_TRACK_NUMBER.sub("", stem))


def split_artist_title(text: str) -> tuple[str, str]:
    """(artist, title) of “Artist - Title”; the artist is empty where there is no dash."""
    parts = _SEPARATOR.split(text.strip(), maxsplit=1)
    if len(parts) == 2 and all(parts):
        return parts[0], parts[1]
    return "", text.strip()
