"""Songs described field by field, in tables and in JSON: which headings are known, and what they make."""

from collections.abc import Mapping

from services.importing import durations
from services.importing.lists.entry import Entry
from services.library.songs import SongDraft
from services.library.text import words

MILLISECONDS = 1000.0

_HEADINGS = {
    "title": ("title", "track name", "track title", "track", "song", "song name", "song title", "name"),
    "artist": ("artist", "artist name", "artist name s", "artists", "artist names", "creator", "performer"),
    "album": ("album", "album name", "album title", "release"),
    "duration": ("duration", "duration seconds", "duration s", "length", "time"),
    "duration_ms": ("duration ms", "track duration ms", "durationms", "milliseconds"),
    "lyrics": ("lyrics", "lyric", "words", "text"),
    "location": ("location", "path", "file", "filename", "file name", "file path", "uri", "url"),
}
_FIELDS = {heading: field for field, headings in _HEADINGS.items() for heading in headings}


def field_of(heading: str) -> str | None:
    """The field of a song that a heading such as “Artist Name(s)” stands for; None for others."""
    return _FIELDS.get(words(heading))


def entry_of(label: str, row: Mapping[str, str], source: str) -> Entry:
    """The entry of a row of {field: text}."""
    if not row.get("title"):
        return Entry(label, problem="has no title")
    duration_seconds = durations.seconds(row.get("duration"))
    if duration_seconds is None:
        duration_seconds = durations.seconds(row.get("duration_ms"), per_second=MILLISECONDS)
    draft = SongDraft(
        title=row["title"],
        artist=row.get("artist", ""),
        album=row.get("album", ""),
        duration_seconds=duration_seconds,
        lyrics=row.get("lyrics"),
        lyrics_source="file",
        source=source,
    )
    return Entry(label, draft, row.get("location", ""))
