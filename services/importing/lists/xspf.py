"""XSPF, the XML playlist of xspf.org. Document types are refused, and with them entity bombs and outside entities."""

import io
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

import defusedxml
from defusedxml import ElementTree

from services.importing import durations
from services.importing.file_names import artist_and_title
from services.importing.incoming import Refused
from services.importing.lists.entry import Entry, SongList, collect
from services.importing.locations import file_name
from services.library.songs import SongDraft

MILLISECONDS = 1000.0
MAX_DEPTH = 50
_TITLE, _TRACK = ["playlist", "title"], ["playlist", "trackList", "track"]


def parse(content: bytes, name: str) -> SongList:
    """The tracks of an XSPF file.

    :raise Refused: if it is no well-formed XML, holds a document type, or is XML of another kind.
    """
    reader = _Reader(name)
    try:
        entries = collect(reader.entries(content), name)
    except defusedxml.DefusedXmlException as e:
        raise Refused("unsafe_xml", f"“{name}” holds a document type (DTD), which a playlist does not need.") from e
    except (ParseError, ValueError, LookupError) as e:  # the latter two: an encoding that is not known
        raise Refused("damaged", f"“{name}” is not an XSPF playlist, or it is damaged: its XML cannot be read.") from e
    return SongList(reader.list_name, entries)


class _Reader:
    """Reads element by element, and keeps no track once it has been read."""

    def __init__(self, source: str) -> None:
        self.list_name = ""
        self._source = source
        self._path: list[str] = []

    def entries(self, content: bytes) -> Iterator[Entry]:
        number = 0
        for event, element in ElementTree.iterparse(io.BytesIO(content), ("start", "end"), forbid_dtd=True):
            if event == "start":
                self._enter(element)
                continue
            if self._path == _TRACK:
                number += 1
                yield _entry(number, element, self._source)
                element.clear()
            elif self._path == _TITLE:
                self.list_name = (element.text or "").strip()
            self._path.pop()

    def _enter(self, element: Element) -> None:
        self._path.append(_tag(element))
        if self._path[0] != "playlist":
            raise Refused(
                "wrong_content", f"“{self._source}” is not an XSPF playlist: its XML is a <{self._path[0][:40]}>."
            )
        if len(self._path) > MAX_DEPTH:
            raise Refused("wrong_content", f"“{self._source}” is not an XSPF playlist: its XML is nested too deeply.")


def _entry(number: int, track: Element, source: str) -> Entry:
    title, artist, location = (_text(track, field) for field in ("title", "creator", "location"))
    if not title and location:
        named_artist, title = artist_and_title(file_name(location))
        artist = artist or named_artist
    label = f"track {number}"
    if not title:
        return Entry(label, location=location, problem="has no title")
    duration_seconds = durations.seconds(_text(track, "duration"), per_second=MILLISECONDS)
    return Entry(label, SongDraft(title, artist, _text(track, "album"), duration_seconds, source=source), location)


def _text(track: Element, name: str) -> str:
    return next(((child.text or "").strip() for child in track if _tag(child) == name), "")


def _tag(element: Element) -> str:
    """The tag without its namespace, which many programs leave out."""
    return str(element.tag).rpartition("}")[2]
