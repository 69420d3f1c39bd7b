"""Which record of a lyrics service is the song that was asked for, and what text it brings."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from clients.lrclib import LyricsRecord

# Releases of one recording differ by fades and silence; another length is another version, maybe with other words.
DURATION_TOLERANCE_SECONDS = 5.0

# Neither guests nor remastering change the words. Live, remix, radio edit or clean version may, so these must agree.
_GUESTS = re.compile(r"[(\[]\s*(?:feat|ft|featuring)\b[^)\]]*[)\]]|\s(?:feat|ft|featuring)\b.*$", re.IGNORECASE)
_REMASTER = re.compile(
    r"\s[-–(\[]\s*(?:\d{4}\s+)?(?:digital(?:ly)?\s+)?remaster(?:ed)?(?:\s+version)?(?:\s+\d{4})?\s*[)\]]?\s*$",
    re.IGNORECASE,
)
_APOSTROPHES = re.compile("['’‘ʼ´`]")
_WORD = re.compile(r"[^\W_]+")

_TIME_STAMP = re.compile(r"\[\d{1,3}:\d{1,2}(?:[.:]\d{1,3})?\]|<\d{1,3}:\d{1,2}(?:[.:]\d{1,3})?>")
_LRC_TAG = re.compile(r"^\[(?:ar|al|ti|au|lr|by|length|offset|re|ve|tool|#):.*\]$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Track:
    """What a song is looked up by; album and duration may be unknown."""

    artist: str
    title: str
    album: str
    duration_seconds: float | None

    @property
    def can_be_asked_for(self) -> bool:
        """Whether both names have a word in them; LRCLIB sees nothing else."""
        return bool(normalised(self.artist) and normalised(self.title))


def normalised(name: str) -> str:
    """The words of a title or artist, without case, accents, punctuation, guests and notes of remastering."""
    plain = _REMASTER.sub("", _GUESTS.sub("", name))
    letters = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    words = _WORD.findall(_APOSTROPHES.sub("", letters).casefold())
    return " ".join(_without_and_the(words))


def _without_and_the(words: list[str]) -> list[str]:
    """Drop every "and" ("&" is punctuation and has gone already) and a leading "the", unless nothing is left then."""
    kept = [word for word in words if word != "and"] or words
    return kept[1:] if kept[:1] == ["the"] and len(kept) > 1 else kept


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
    """The lyrics without time stamps; None where there are none."""
    if record.instrumental:
        return None
    text = record.plain_lyrics or ""
    if not text.strip():
        text = without_time_stamps(record.synced_lyrics or "")
    # PostgreSQL stores no NUL.
    return text.replace("\0", "").strip("\r\n") if text.strip() else None


def without_time_stamps(lrc: str) -> str:
    """The text of LRC lyrics: no stamps of lines or words, no tags (https://en.wikipedia.org/wiki/LRC_(file_format))."""
    lines = (_TIME_STAMP.sub("", line).strip() for line in lrc.splitlines() if not _LRC_TAG.match(line.strip()))
    return "\n".join(lines).strip()
