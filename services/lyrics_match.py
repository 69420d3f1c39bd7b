"""Which record of a lyrics service is the song that was asked for, and what text it brings."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from clients.lrclib import LyricsRecord
from services.importing import lrc
from services.library.text import LYRICS_MAX_CHARS, normalise_newlines, words

# Releases of one recording differ by fades and silence; another length is another version, maybe with other words.
DURATION_TOLERANCE_SECONDS = 5.0

# Neither guests nor remastering change the words. Live, remix, radio edit or clean version may, so these must agree.
_GUESTS = re.compile(r"[(\[]\s*(?:feat|ft|featuring)\b[^)\]]*[)\]]|\s(?:feat|ft|featuring)\b.*$", re.IGNORECASE)
_REMASTER = re.compile(
    r"\s[-–(\[]\s*(?:\d{4}\s+)?(?:digital(?:ly)?\s+)?remaster(?:ed)?(?:\s+version)?(?:\s+\d{4})?\s*[)\]]?\s*$",
    re.IGNORECASE,
)
_AND = frozenset(("and", "+"))  # "&" is punctuation and goes with it


@dataclass(frozen=True, slots=True)
class Track:
    """What a song is looked up by; album and duration may be unknown."""

    artist: str
    title: str
    album: str
    duration_seconds: float | None

    @property
    def can_be_asked_for(self) -> bool:
        """Whether both names have a letter or digit in them; LRCLIB sees nothing else."""
        return all(any(map(str.isalnum, normalised(name))) for name in (self.artist, self.title))


def normalised(name: str) -> str:
    """The words of a title or artist, without guests, notes of remastering, each "and", and a leading "the"."""
    every = words(_REMASTER.sub("", _GUESTS.sub("", name))).split()
    kept = [word for word in every if word not in _AND] or every
    return " ".join(kept[1:] if kept[:1] == ["the"] and len(kept) > 1 else kept)


def best_match(track: Track, records: Iterable[LyricsRecord]) -> LyricsRecord | None:
    """The record that is this track, one with lyrics and of the same album and length first; None if none is."""
    fitting = [record for record in records if is_answer(record) and _is_same_song(track, record)]
    return min(fitting, key=lambda record: _distance(track, record), default=None)


def is_answer(record: LyricsRecord) -> bool:
    """Whether a record says anything: LRCLIB also has some with neither lyrics nor the mark of an instrumental."""
    return record.instrumental or text_of(record) is not None


def _is_same_song(track: Track, record: LyricsRecord) -> bool:
    return (
        normalised(record.title) == normalised(track.title)
        and normalised(record.artist) == normalised(track.artist)
        and _gap_seconds(track, record) <= DURATION_TOLERANCE_SECONDS
    )


def _gap_seconds(track: Track, record: LyricsRecord) -> float:
    """By how much the durations differ; the tolerance itself where one is unknown, so that a known one goes first."""
    if not track.duration_seconds or not record.duration_seconds:
        return DURATION_TOLERANCE_SECONDS
    return abs(track.duration_seconds - record.duration_seconds)


def _distance(track: Track, record: LyricsRecord) -> tuple[bool, bool, float, int]:
    other_album = normalised(record.album) != normalised(track.album)
    return text_of(record) is None, other_album, _gap_seconds(track, record), record.id


def text_of(record: LyricsRecord) -> str | None:
    """The lyrics without time stamps; None where there are none, or more than a song may have."""
    if record.instrumental:
        return None
    plain = record.plain_lyrics or ""
    text = plain if plain.strip() else lrc.parse(record.synced_lyrics or "").lyrics
    # PostgreSQL stores no NUL.
    text = normalise_newlines(text.replace("\0", ""))
    return text if text.strip() and len(text) <= LYRICS_MAX_CHARS else None
