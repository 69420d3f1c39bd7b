"""Reads a bundle: an audio file with the lyrics beside it, or lyrics alone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.importing.audio import read_audio
from services.importing.incoming import IncomingFile, Refused
from services.importing.kinds import Kind
from services.importing.lyrics_files import FILE, draft_of, read_lyrics
from services.importing.lyrics_text import LyricsText
from services.importing.plan import Bundle
from services.library.songs import SongDraft


@dataclass(frozen=True)
class FileRead:
    """What was read of one file: a song, a part of the song of another file, or the reason why it is refused."""

    name: str
    kind: Kind | None
    draft: SongDraft | None = None
    part_of: str = ""
    refusal: Refused | None = None


def read_bundle(bundle: Bundle, *, max_audio_bytes: int) -> list[FileRead]:
    """All files of a bundle; a file that others are part of comes before them."""
    lyrics, bad_lyrics = _read_lyrics(bundle.lyrics)
    audio = [_read_audio(file, lyrics, max_audio_bytes) for file in bundle.audio]
    songs = [read for read in audio if read.draft] or [
        FileRead(file.name, "lyrics", draft_of(file, found)) for file, found in lyrics[:1]
    ]
    parts = [FileRead(file.name, "lyrics", part_of=songs[0].name) for file, _ in lyrics if file.name != songs[0].name]
    return [*songs, *(read for read in audio if read.refusal), *parts, *bad_lyrics]


def _read_audio(
    file: IncomingFile, lyrics: Sequence[tuple[IncomingFile, LyricsText]], max_audio_bytes: int
) -> FileRead:
    try:
        draft = read_audio(file, max_bytes=max_audio_bytes)
    except Refused as refusal:
        return FileRead(file.name, "song", refusal=refusal)
    if lyrics:  # somebody put them there, so they count for more than what a tagger embedded
        draft = replace(draft, lyrics=lyrics[0][1].lyrics, lyrics_source=FILE)
    return FileRead(file.name, "song", draft)


def _read_lyrics(
    files: Sequence[IncomingFile],
) -> tuple[list[tuple[IncomingFile, LyricsText]], list[FileRead]]:
    good, bad = [], []
    for file in files:
        try:
            good.append((file, read_lyrics(file)))
        except Refused as refusal:
            bad.append(FileRead(file.name, "lyrics", refusal=refusal))
    return good, bad
