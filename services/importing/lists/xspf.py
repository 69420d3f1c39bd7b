"""XSPF, the XML playlist of xspf.org. Document types are refused, and with them entity bombs and outside entities."""

from xml.etree.ElementTree import Element, ParseError

import defusedxml
from defusedxml import ElementTree

from services.importing import durations
from services.importing.file_names import artist_and_title
from services.importing.incoming import Refused
from services.importing.lists.entry import Entry, SongList
from services.importing.locations import file_name
from services.library.songs import SongDraft

MILLISECONDS = 1000.0


def parse(content: bytes, name: str) -> SongList:
    """The tracks of an XSPF file.

    :raise Refused: if it is no well-formed XML, holds a document type, or is XML of another kind.
    """
    try:
        root = ElementTree.fromstring(content, forbid_dtd=True)
    except defusedxml.DefusedXmlException as e:
        raise Refused("unsafe_xml", f"“{name}” holds a document type (DTD), which a playlist does not need.") from e
    except (ParseError, ValueError, LookupError) as e:  # the latter two: an encoding that is not known
        raise Refused("damaged", f"“{name}” is not an XSPF playlist, or it is damaged: its XML cannot be read.") from e
    if _tag(root) != "playlist":
        raise Refused("wrong_content", f"“{name}” is not an XSPF playlist: its XML is a <{_tag(root)[:40]}>.")
    tracks = (track for group in _children(root, "trackList") for track in _children(group, "track"))
    return SongList(_text(root, "title"), [_entry(number, track, name) for number, track in enumerate(tracks, 1)])


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


def _text(element: Element, name: str) -> str:
    return next(((child.text or "").strip() for child in _children(element, name)), "")


def _children(element: Element, name: str) -> list[Element]:
    return [child for child in element if _tag(child) == name]


def _tag(element: Element) -> str:
    """The tag without its namespace, which many programs leave out."""
    return str(element.tag).rpartition("}")[2]
