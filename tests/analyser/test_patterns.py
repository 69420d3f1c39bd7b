"""The small language of the lexicons."""

import pytest

from services.analyser.normalise import fold
from services.analyser.obfuscation import Unmasker
from services.analyser.patterns import compile_patterns
from services.analyser.tokens import tokenise

CLASSES = {"people": frozenset(("man", "woman"))}


@pytest.mark.parametrize(
    ("pattern", "line", "phrase"),
    [
        ("kill~", "he was killin' it", (2, 2)),
        ("gun+", "two guns", (1, 1)),
        ("shoot~ <people>", "shot man", (0, 1)),
        ("shoot~ ?the|a <people>", "shoot the man", (0, 2)),
        ("shoot~ .. down", "shoot that poor down", (0, 3)),
        ("shoot~ .. down", "shoot that poor old man down", None),
        ("fire ... gun+", "gun then fire", None),
        ("strip-club", "the strip-club door", (1, 2)),
        ("strip-club|bar", "the strip club", (1, 2)),
    ],
)
def test_it_matches_phrases(pattern: str, line: str, phrase: tuple[int, int] | None) -> None:
    tokens = tokenise(fold(line), Unmasker(frozenset()))
    found = [
        span
        for each in compile_patterns(pattern, CLASSES)
        for at, token in enumerate(tokens)
        if not each.anchor.isdisjoint(token.keys) and (span := each.match(tokens, at)) is not None
    ]
    assert found == ([] if phrase is None else [phrase])
