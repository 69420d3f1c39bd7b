"""M3U and M3U8: a path or address a line, with `#EXTINF:seconds,Artist - Title` before it."""

import io
import re
from collections.abc import Iterable, Iterator

from services.importing import durations
from services.importing.decoding import decode
from services.importing.file_names import artist_and_title, split_artist_title
from services.importing.incoming import Refused
from services.importing.lists.entry import Entry, SongList, collect
from services.importing.locations import file_name, is_address
from services.library.songs import SongDraft

_EXTINF = re.compile(r'#EXTINF:\s*(-?[\d.]+)?\s*((?:[\w-]+="[^"]*"\s*)*),?(.*)', re.IGNORECASE)
_HLS_MARK = "#EXT-X-"


def parse(content: bytes, name: str) -> SongList:
    """The entries of an M3U file.

    :raise Refused: if it is a stream for a video player, whose entries are no songs.
    """
    reader = _Reader(name)
    lines = io.StringIO(decode(content, name=name), newline=None)
    entries = collect(reader.entries(lines), name)
    return SongList(reader.list_name, entries)


class _Reader:
    """Reads line by line; what a directive says of the next entry is kept until that comes."""

    def __init__(self, source: str) -> None:
        self.list_name = ""
        self._source = source
        self._info = ""
        self._album = ""

    def entries(self, lines: Iterable[str]) -> Iterator[Entry]:
        for number, line in enumerate(map(str.strip, lines), 1):
            if line.startswith("#"):
                self._note(line)
            elif line:
                yield _entry(f"line {number}", line, self._info, self._album, self._source)
                self._info = ""

    def _note(self, line: str) -> None:
        directive, _, value = line.partition(":")
        match directive.upper():
            case "#EXTINF":
                self._info = line
            case "#PLAYLIST":
                self.list_name = value.strip()
            case "#EXTALB":
                self._album = value.strip()
            case other if other.startswith(_HLS_MARK):
                reason = "is not a list of songs: it is a video stream (HLS)"
                raise Refused("wrong_content", f"“{self._source}” {reason}.")


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
