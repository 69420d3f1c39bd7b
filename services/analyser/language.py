"""Which language lyrics are in: py3langid's model, corrected by function words where lyrics are short or odd."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from services.analyser.lexicon import LANGUAGES
from services.analyser.wordlists import language_names, word_lists

UNKNOWN = "und"
SAMPLE_CHARACTERS = 20_000
SECOND_LANGUAGE_SHARE = 0.12
CERTAIN_SHARE = 0.25
MIN_CONFIDENCE = 0.15

_LETTERS = re.compile(r"[^\W\d_]")


@cache
def identifier() -> Any:
    """Read py3langid's model, about 5 MB, once; a process that analyses nothing needs not even numpy for it."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    # The model's rarer dialects would only draw short texts away from the languages that songs are sung in.
    model.set_languages([code for code in language_names() if code in model.labels])
    return model


def detect(lyrics: str, words: Sequence[str]) -> str:
    """Give the ISO 639-1 code of the main language, "und" when there is too little to tell."""
    if not _LETTERS.search(lyrics):
        return UNKNOWN
    shares = _shares(words)
    best = max(LANGUAGES, key=lambda language: shares[language])
    if shares[best] >= CERTAIN_SHARE:
        return best
    code, confidence = identifier().classify(lyrics[:SAMPLE_CHARACTERS])
    if confidence < MIN_CONFIDENCE:
        return best if shares[best] > 0 else UNKNOWN
    return str(code)


def judged_languages(language: str, words: Sequence[str]) -> list[str]:
    """Give the languages with a lexicon that the lyrics are in, wholly or in part."""
    main = word_lists("function_words").get(language, frozenset())
    shares = _shares([word for word in words if word not in main])
    return [code for code in LANGUAGES if code == language or shares[code] >= SECOND_LANGUAGE_SHARE]


def _shares(words: Iterable[str]) -> dict[str, float]:
    counts: Counter[str] = Counter(words)
    total = sum(counts.values()) or 1
    return {code: sum(counts[word] for word in known) / total for code, known in word_lists("function_words").items()}
