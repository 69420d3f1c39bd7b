"""What was not understood is told, and no nonsense passes for a transcript."""

import pytest

from services.transcribing import language
from services.transcribing.results import Segment, Word

SAID: tuple[str | None, tuple[Segment, ...]] = ("en", (Segment(0, 1, "yes", (Word(0, 1, "yes", 0.9),)),))
UNSURE: tuple[str | None, tuple[Segment, ...]] = (None, SAID[1])
SILENT: tuple[str | None, tuple[Segment, ...]] = (None, ())
LOST: tuple[str | None, tuple[Segment, ...]] = (language.UNDETERMINED, ())


def words(count: int, confidence: float | None) -> list[Word]:
    return [Word(i, i + 1, "word", confidence) for i in range(count)]


@pytest.mark.parametrize(
    ("count", "confidence", "expected"),
    [
        (40, 0.7, "en"),
        (40, 0.4, None),
        (40, 0.25, language.UNDETERMINED),
        (3, 0.25, None),  # too few to say
        (0, None, None),
    ],
)
def test_it_judges_by_how_sure_the_engine_was(count: int, confidence: float | None, expected: str | None) -> None:
    assert language.judged(words(count, confidence)) == expected


@pytest.mark.parametrize("parts", [[], [SILENT], [SAID, LOST], [SAID, SAID, LOST, SILENT], [UNSURE, LOST]])
def test_it_lets_pass_what_was_mostly_understood(parts: list[tuple[str | None, tuple[Segment, ...]]]) -> None:
    language.ensure_understood(parts, "pocketsphinx")


@pytest.mark.parametrize("parts", [[LOST], [LOST, SILENT], [SAID, LOST, LOST]])
def test_it_refuses_what_mostly_was_not(parts: list[tuple[str | None, tuple[Segment, ...]]]) -> None:
    with pytest.raises(language.SpeechNotUnderstood, match=r"pocketsphinx, which knows English only.*TRANSCRIBER"):
        language.ensure_understood(parts, "pocketsphinx")


@pytest.mark.parametrize(
    ("name", "code"),
    [("english", "en"), ("German", "de"), ("pt-BR", "pt"), ("fr", "fr"), ("klingon", None), ("", None), (None, None)],
)
def test_it_knows_languages_by_name_and_code(name: str | None, code: str | None) -> None:
    assert language.code_of(name) == code
