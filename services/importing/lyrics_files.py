"""Reads lyrics files: .lrc, .srt and .txt."""

import re

import pysubs2

from services.importing import lrc
from services.importing.file_names import artist_and_title
from services.importing.incoming import IncomingFile, Refused
from services.importing.kinds import MAX_LYRICS_BYTES, suffix_of
from services.importing.lyrics_text import LyricsText
from services.importing.reading import read_text
from services.library.songs import SongDraft
from services.library.text import LYRICS_MAX_CHARS, normalise_newlines

FILE = "file"
_CUE_TIME = re.compile(r"^\d{1,3}:\d{2}:\d{2}[,.]\d{1,3}\s*-->", re.MULTILINE)


def read_lyrics(file: IncomingFile) -> LyricsText:
    """What a lyrics file says.

    :raise Refused: if it is not what its name promises, or holds no lyrics.
    """
    text = read_text(file, max_bytes=MAX_LYRICS_BYTES)
    found = _PARSERS[suffix_of(file.name)](text, file.name)
    if not found.lyrics.strip():
        raise Refused("no_lyrics", f"“{file.name}” holds no lyrics.")
    if len(found.lyrics) > LYRICS_MAX_CHARS:
        sizes = f"they have {len(found.lyrics):,} characters, and {LYRICS_MAX_CHARS:,} are allowed"
        raise Refused("too_long", f"The lyrics in “{file.name}” are too long: {sizes}.")
    return found


def draft_of(file: IncomingFile, found: LyricsText) -> SongDraft:
    """The song of a lyrics file that stands alone, named by its tags, else by its file's name."""
    artist, title = artist_and_title(file.name)
    return SongDraft(
        title=found.title or title,
        artist=found.artist or ("" if found.title else artist),
        album=found.album,
        duration_seconds=found.duration_seconds,
        lyrics=found.lyrics,
        lyrics_source=FILE,
        source=file.name,
    )


def _lrc(text: str, _name: str) -> LyricsText:
    return lrc.parse(text)


def _txt(text: str, _name: str) -> LyricsText:
    return lrc.parse(text) if lrc.is_timed(text) else LyricsText(normalise_newlines(text))


def _srt(text: str, name: str) -> LyricsText:
    if not _CUE_TIME.search(text):
        raise Refused("wrong_content", f"“{name}” is not an SRT file: no line in it is timed.")
    cues = sorted(pysubs2.SSAFile.from_string(text, format_="srt"), key=lambda cue: cue.start)
    return LyricsText(normalise_newlines("\n".join(cue.plaintext.strip() for cue in cues)))


_PARSERS = {".lrc": _lrc, ".txt": _txt, ".srt": _srt}
