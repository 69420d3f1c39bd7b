"""JSON: a list of songs, or an object with a `name` and `songs`."""

import json
from typing import Any

from services.importing.decoding import decode
from services.importing.incoming import Refused
from services.importing.lists.columns import entry_of, field_of
from services.importing.lists.entry import Entry, SongList, collect


def parse(content: bytes, name: str) -> SongList:
    """The songs of a JSON file, whose fields bear the same names as the columns of a table.

    :raise Refused: if it is no JSON, or has another form.
    """
    try:
        document = json.loads(decode(content, name=name))
    except (ValueError, RecursionError) as e:
        raise Refused("damaged", f"“{name}” is not JSON, or it is damaged.") from e
    whole = document if isinstance(document, dict) else {"songs": document}
    list_name, songs = whole.get("name"), whole.get("songs")
    if not isinstance(songs, list):
        raise Refused("wrong_content", f"“{name}” is neither a list of songs nor an object with “name” and “songs”.")
    entries = (_entry(f"song {number}", song, name) for number, song in enumerate(songs, 1))
    return SongList(list_name if isinstance(list_name, str) else "", collect(entries, name))


def _entry(label: str, song: Any, source: str) -> Entry:
    if not isinstance(song, dict):
        return Entry(label, problem="is not an object with a title")
    fields = {field: value for key, value in song.items() if (field := field_of(key))}
    row = {field: _text(value, "\n" if field == "lyrics" else ", ").strip() for field, value in fields.items()}
    return entry_of(label, row, source)


def _text(value: Any, between: str) -> str:
    """A text, a number, or a list of texts such as several artists or the lines of the lyrics."""
    if isinstance(value, list):
        return between.join(part for part in value if isinstance(part, str))
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""
