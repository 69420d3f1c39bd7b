"""A line of lyrics as tokens, each with every way in which it can be read."""

import re
from dataclasses import dataclass

from services.analyser.normalise import FoldedLine, unmix_alphabets
from services.analyser.obfuscation import MAX_CHUNK, Unmasker

_CHUNK = re.compile(r"\S+")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*|[\u2600-\u27bf\U0001f300-\U0001faff]")
_DISGUISED = re.compile(r"[^\W_]*[\d_*@$#%!|+.€£–—·•/(-]")
_OUTER_LEFT = " \"'“”„«»‹›([{<¡¿,;:…–—-~"
_OUTER_RIGHT = " \"'“”„«»‹›)]}>?,;:….~–—-"


@dataclass(frozen=True, slots=True)
class Token:
    """A word: `keys` are its readings, plainest first; `start` and `end` are places in the original line."""

    keys: tuple[str, ...]
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.keys[0]


def tokenise(line: FoldedLine, unmasker: Unmasker) -> list[Token]:
    """Cut a folded line into tokens, disguised words read as what they hide."""
    tokens: list[Token] = []
    for chunk in _CHUNK.finditer(line.text):
        tokens.extend(_chunk_tokens(line, chunk.group(), chunk.start(), unmasker))
    return _join_spelled(tokens, unmasker)


def _chunk_tokens(line: FoldedLine, chunk: str, at: int, unmasker: Unmasker) -> list[Token]:
    if chunk.isalpha():
        return [_token(line, (chunk,), at, at + len(chunk), unmasker)]
    hidden = _disguised_token(line, chunk, at, unmasker)
    if hidden is not None:
        return [hidden]
    return [
        _token(line, _readings(word.group()), at + word.start(), at + word.end(), unmasker)
        for word in _WORD.finditer(chunk)
    ]


def _disguised_token(line: FoldedLine, chunk: str, at: int, unmasker: Unmasker) -> Token | None:
    """Read the chunk as a hidden word, with and without the punctuation that may follow it."""
    core = chunk.lstrip(_OUTER_LEFT)
    start = at + len(chunk) - len(core)
    for bare in dict.fromkeys((core.rstrip(_OUTER_RIGHT), core.rstrip(_OUTER_RIGHT + "!"))):
        if len(bare) < 2 or len(bare) > MAX_CHUNK or not _DISGUISED.match(bare):
            continue
        word = unmasker.decode(bare)
        if word is not None:
            return Token((word,), *line.span(start, start + len(bare)))
    return None


def _readings(word: str) -> tuple[str, ...]:
    """The word, and without its clitic: "lover's" is also "lover"."""
    head = word.partition("'")[0]
    return (word, head) if head and head != word else (word,)


def _token(line: FoldedLine, readings: tuple[str, ...], start: int, end: int, unmasker: Unmasker) -> Token:
    plain = tuple(unmix_alphabets(reading) for reading in readings)
    return Token((*plain, *unmasker.unstretch(plain[0])), *line.span(start, end))


def _join_spelled(tokens: list[Token], unmasker: Unmasker) -> list[Token]:
    """Replace words sung letter by letter, "f u c k", by the word."""
    joined: list[Token] = []
    position = 0
    while position < len(tokens):
        run = _single_letters(tokens, position)
        found = unmasker.spelled("".join(token.text for token in run)) if len(run) >= 3 else None
        if found is None:
            joined.extend(run or tokens[position : position + 1])
        else:
            word, first = found
            last = first + len(word)
            joined.extend((*run[:first], Token((word,), run[first].start, run[last - 1].end), *run[last:]))
        position += max(1, len(run))
    return joined


def _single_letters(tokens: list[Token], position: int) -> list[Token]:
    """Collect the one-letter tokens from here on, no more than a chunk's length of them."""
    run: list[Token] = []
    for token in tokens[position : position + MAX_CHUNK]:
        if len(token.text) != 1:
            break
        run.append(token)
    return run
