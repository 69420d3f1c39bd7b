"""Every line of every lexicon can be read, and a wrong one says where it stands."""

from pathlib import Path

import pytest

from services.analyser.lexicon import ANY_LANGUAGE, FOLDER, LANGUAGES, content_lines, lexicon
from services.analyser.patterns import PatternError, compile_patterns


@pytest.mark.parametrize("language", [*LANGUAGES, ANY_LANGUAGE])
def test_it_reads_every_lexicon(language: str) -> None:
    assert lexicon(language)


def test_it_refuses_a_phrase_with_nothing_to_look_for() -> None:
    with pytest.raises(PatternError, match="has no word to look for"):
        list(compile_patterns("?the .. ?old", {}))


def test_it_refuses_an_unknown_class() -> None:
    with pytest.raises(PatternError, match="unknown class <nobody>"):
        list(compile_patterns("kill <nobody>", {}))


def test_it_says_why_offensive_words_are_kept() -> None:
    for path in sorted(Path(FOLDER).glob("*/*.txt")):
        assert path.read_text(encoding="utf-8").startswith("# "), path
        assert list(content_lines(path)), path
