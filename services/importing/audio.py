"""Reads the tags of audio files: title, artist, album, duration, embedded lyrics."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from mutagen import FileType
from mutagen.flac import FLAC
from mutagen.mp3 import MP3
from mutagen.mp4 import MP4
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis

from services.importing import durations, lrc, signatures
from services.importing.file_names import artist_and_title
from services.importing.frugal import FRAMES, FrugalFile
from services.importing.incoming import IncomingFile, Refused
from services.importing.kinds import suffix_of
from services.importing.lyrics_text import LyricsText
from services.importing.reading import read_head
from services.library import text
from services.library.songs import SongDraft

EMBEDDED = "embedded"

_LABELS = {".mp3": "an MP3", ".flac": "a FLAC file", ".m4a": "an M4A", ".ogg": "an Ogg file", ".opus": "an Opus file"}
_OPENERS: Mapping[tuple[str, str | None], Callable[..., FileType]] = {
    (".mp3", None): partial(MP3, known_frames=FRAMES),
    (".flac", signatures.FLAC): FLAC,
    (".flac", None): FLAC,  # behind ID3 tags
    (".m4a", signatures.MP4): MP4,
    (".ogg", signatures.OGG_VORBIS): OggVorbis,
    (".ogg", signatures.OGG_OPUS): OggOpus,
    (".opus", signatures.OGG_OPUS): OggOpus,
}


def read_audio(file: IncomingFile, *, max_bytes: int) -> SongDraft:
    """The song of an audio file, named by its tags, else by its file's name.

    :raise Refused: if the file is not the audio that its name promises, or is damaged.
    """
    audio = _open(file, max_bytes)
    tags = (
        _TAG_READERS.get(suffix_of(file.name), _vorbis_tags)(audio.tags) if audio.tags is not None else LyricsText("")
    )
    artist, title = _named(file, tags)
    lyrics = tags.lyrics if len(tags.lyrics) <= text.LYRICS_MAX_CHARS else ""
    return SongDraft(
        title=title,
        artist=artist,
        album=tags.album,
        duration_seconds=durations.seconds(getattr(audio.info, "length", None)),
        lyrics=lyrics,
        lyrics_source=EMBEDDED,
        source=file.name,
    )


def _open(file: IncomingFile, max_bytes: int) -> FileType:
    suffix, found = suffix_of(file.name), signatures.describe(read_head(file, max_bytes=max_bytes))
    opener = _OPENERS.get((suffix, found))
    if opener is None:
        holds = f"it holds {found}" if found else "its content is of no kind that is known here"
        raise Refused("wrong_content", f"“{file.name}” is not {_LABELS[suffix]}: {holds}.")
    try:
        with FrugalFile(file.path, file.name) as content:
            audio = opener(content)
    except Refused:
        raise
    except Exception as e:  # on damaged files mutagen raises errors of many kinds besides its own
        raise Refused("damaged", f"“{file.name}” is not {_LABELS[suffix]}, or it is damaged.") from e
    if getattr(audio.info, "sketchy", False):
        raise Refused("damaged", f"“{file.name}” is not {_LABELS[suffix]}, or it is damaged.")
    return audio


def _named(file: IncomingFile, tags: LyricsText) -> tuple[str, str]:
    """(artist, title): by the tags; what they lack is taken from the file's name, where that fits them."""
    artist, title = artist_and_title(file.name)
    if not tags.title:
        return tags.artist or artist, title
    fits = text.words(title) == text.words(tags.title)
    return tags.artist or (artist if fits else ""), tags.title


def _id3_tags(tags: Any) -> LyricsText:
    def joined(frame: str) -> str:
        return _joined(str(part) for found in tags.getall(frame) for part in found.text)

    unsynced = [str(frame.text) for frame in tags.getall("USLT")]
    synced = [_synced_text(frame.text) for frame in tags.getall("SYLT")]
    return LyricsText(_first_lyrics(unsynced + synced), joined("TIT2"), joined("TPE1"), joined("TALB"))


def _synced_text(words: Iterable[tuple[str, int]]) -> str:
    """SYLT holds (text, milliseconds): syllables with line breaks among them, or else whole lines."""
    parts = [part for part, _ in sorted(words, key=lambda word: word[1])]
    return ("" if any("\n" in part for part in parts) else "\n").join(parts)


def _vorbis_tags(tags: Mapping[str, list[str]]) -> LyricsText:
    title, artist, album = (_joined(tags.get(field, [])) for field in ("title", "artist", "album"))
    lyrics = [found for field in ("lyrics", "unsyncedlyrics", "syncedlyrics") for found in tags.get(field, [])]
    return LyricsText(_first_lyrics(lyrics), title, artist, album)


def _mp4_tags(tags: Mapping[str, list[Any]]) -> LyricsText:
    title, artist, album = (_joined(map(str, tags.get(atom, []))) for atom in ("\xa9nam", "\xa9ART", "\xa9alb"))
    return LyricsText(_first_lyrics(map(str, tags.get("\xa9lyr", []))), title, artist, album)


def _joined(values: Iterable[str]) -> str:
    return ", ".join(filter(None, (value.replace("\x00", " ").strip() for value in values)))


def _first_lyrics(texts: Iterable[str]) -> str:
    for found in texts:
        lyrics = text.normalise_newlines(found.replace("\x00", ""))
        if lyrics:
            return lrc.parse(lyrics).lyrics if lrc.is_timed(lyrics) else lyrics
    return ""


_TAG_READERS: Mapping[str, Callable[[Any], LyricsText]] = {".mp3": _id3_tags, ".m4a": _mp4_tags}
