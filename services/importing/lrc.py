"""LRC, the format of timed lyrics: `[mm:ss.xx]` before a line, `[ti:…]` and its like for the song.

The times are used to sort, since a chorus may be written once with the stamps of all its turns; they are not kept.
So `[offset:]`, which moves all of them alike, changes nothing. `<mm:ss.xx>` before each word (the enhanced format)
is taken out.
"""

import re

from services.importing import durations
from services.importing.lyrics_text import LyricsText
from services.library.text import normalise_newlines

_STAMP = re.compile(r"\s*\[(\d{1,3}):(\d{1,2}(?:[.:]\d{1,3})?)\]")
_WORD_STAMP = re.compile(r"[<\[]\d{1,3}:\d{1,2}(?:[.:]\d{1,3})?[>\]]\s?")
_ID_TAG = re.compile(r"\s*\[(ti|ar|al|au|by|re|ve|la|lr|length|offset|tool|id|#)\s*:(.*)\]\s*", re.IGNORECASE)
_BLANK_LINES = re.compile(r"\n{3,}")


def parse(text: str) -> LyricsText:
    """The song of an LRC file; `lyrics` is empty where it has none."""
    tags: dict[str, str] = {}
    lines: list[tuple[float, str]] = []
    seconds = 0.0
    for line in normalise_newlines(text).split("\n"):
        tag = _ID_TAG.fullmatch(line)
        if tag:
            tags.setdefault(tag[1].lower(), tag[2].strip())
            continue
        stamps, words = _split_stamps(line)
        lines.extend((stamp, words) for stamp in stamps or [seconds])
        seconds = stamps[-1] if stamps else seconds  # a line without a stamp stays after the one before it
    lines.sort(key=lambda stamped: stamped[0])
    return LyricsText(
        lyrics=_BLANK_LINES.sub("\n\n", normalise_newlines("\n".join(words for _, words in lines))),
        title=tags.get("ti", ""),
        artist=tags.get("ar", ""),
        album=tags.get("al", ""),
        duration_seconds=durations.seconds(tags.get("length")),
    )


def is_timed(text: str) -> bool:
    """Whether a text is timed lyrics, as players put them into tags too."""
    return any(_STAMP.match(line) for line in text.split("\n"))


def _split_stamps(line: str) -> tuple[list[float], str]:
    stamps = []
    while stamp := _STAMP.match(line):
        stamps.append(int(stamp[1]) * 60 + float(stamp[2].replace(":", ".")))
        line = line[stamp.end() :]
    words = _WORD_STAMP.sub("", line)
    return stamps, words.strip() if stamps else words
