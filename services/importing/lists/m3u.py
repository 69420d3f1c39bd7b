"""M3U and M3U8: a path or address a line, with `#EXTINF:seconds,Artist - Title` before it."""

import re

from services.importing import durations
from services.importing.decoding import decode
from services.importing.file_names import artist_and_title, split_artist_title
from services.importing.incoming import Refused
from services.importing.lists.entry import Entry, SongList
from services.importing.locations import file_name, is_address
from services.library.songs import SongDraft
from services.library.text import normalise_newlines

_EXTINF = re.compile(r'#EXTINF:\s*(-?[\d.]+)?\s*((?:[\w-]+="[^"]*"\s*)*),?(.*)', re.IGNORECASE)
_HLS_MARK = "#EXT-X-"


def parse(content: bytes, name: str) -> SongList:
    """The entries of an M3U file.

    :raise Refused: if it is a stream for a video player, whose entries are no songs.
    """
    list_name, info, album = "", "", ""
    entries: list[Entry] = []
    for number, line in enumerate(map(str.strip, normalise_newlines(decode(content, name=name)).split("\n")), 1):
        directive, _, value = line.partition(":")
        match directive.upper():
            case "#EXTINF":
                info = line
            case "#PLAYLIST":
                list_name = value.strip()
            case "#EXTALB":
                album = value.strip()
            case other if other.startswith(_HLS_MARK):
                raise Refused("wrong_content", f"“{name}” is not a list of songs: it is a video stream (HLS).")
            case _ if line and not line.startswith("#"):
                entries.append(_entry(f"line {number}", line, info, album, name))
                info = ""
    return SongList(list_name, entries)


def _entry(label: str, location: str, info: str, album: str, source: str) -> Entry:
    artist, title, duration_seconds = _info(info)
    if not title:
        artist, title = artist_and_title(file_name(location))
        if is_address(location) and not artist:
            return Entry(label, location=location, problem="names no song, only an address")
    draft = SongDraft(title, artist, album, duration_seconds, source=source)
    return Entry(label, draft, location)


def _info(line: str) -> tuple[str, str, float | None]:
    found = _EXTINF.match(line)
    if not found:
        return "", "", None
    artist, title = split_artist_title(found[3])
    return artist, title, durations.seconds(found[1])
