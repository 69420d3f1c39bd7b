"""Lists of songs in the formats that players and services write."""

from services.importing.incoming import IncomingFile, Refused
from services.importing.kinds import MAX_PLAYLIST_BYTES, stem_of, suffix_of
from services.importing.lists import csv_table, json_songs, m3u, xspf
from services.importing.lists.entry import Entry, SongList
from services.importing.reading import read_bytes
from services.library import text

__all__ = ["Entry", "SongList", "read_list"]

_PARSERS = {
    ".m3u": m3u.parse,
    ".m3u8": m3u.parse,
    ".xspf": xspf.parse,
    ".csv": csv_table.parse,
    ".json": json_songs.parse,
}
MAX_VALUES = 1_000_000
_BETWEEN_VALUES = {".csv": (b",", b";", b"\t"), ".json": (b",", b"[", b"{")}


def read_list(file: IncomingFile) -> SongList:
    """The entries of a playlist file, named by what it says, else by its file's name.

    :raise Refused: if the file is not what its name promises, holds no song, or holds too many.
    """
    content = read_bytes(file, max_bytes=MAX_PLAYLIST_BYTES)
    _check_size(content, file.name)
    found = _PARSERS[suffix_of(file.name)](content, file.name)
    if not found.entries:
        raise Refused("no_songs", f"“{file.name}” holds no songs.")
    named = text.clean(found.name.replace("\x00", ""), field="name")
    return SongList(named or text.clean(stem_of(file.name), field="name"), found.entries)


def _check_size(content: bytes, name: str) -> None:
    """Twenty megabytes of `{},{},…` would be half a gigabyte once they are read.

    :raise Refused: if there are more values than the longest list can have.
    """
    if sum(content.count(sign) for sign in _BETWEEN_VALUES.get(suffix_of(name), ())) > MAX_VALUES:
        raise Refused("too_many_entries", f"“{name}” holds more than {MAX_VALUES:,} values.")
