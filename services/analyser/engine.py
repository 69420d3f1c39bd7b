"""The analysis itself, read straight down: lines, tokens, phrases, context, findings, rating."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from services.analyser import language as languages
from services.analyser.context import Evidence, weigh
from services.analyser.findings import as_finding, merge
from services.analyser.lexicon import ANY_LANGUAGE, LANGUAGES, Hit, lexicon, masked_words
from services.analyser.mood import UNCLEAR, mood, valence_model
from services.analyser.normalise import fold, split_lines
from services.analyser.obfuscation import Unmasker
from services.analyser.results import Analysis
from services.analyser.scenes import families, find_scenes, scenes
from services.analyser.scoring import rate, score
from services.analyser.summary import cannot_judge, explain
from services.analyser.themes import themes
from services.analyser.tokens import Token, tokenise
from services.analyser.wordlists import tally

MAX_FINDINGS = 500


@dataclass(frozen=True, slots=True)
class Text:
    """Lyrics taken apart: the lines as given, and their tokens."""

    lines: list[str]
    tokens: list[list[Token]]
    words: list[str]


def load() -> None:
    """Read every model and lexicon into memory, so that forked workers share them."""
    languages.identifier()
    valence_model()
    masked_words()
    for code in (*LANGUAGES, ANY_LANGUAGE):
        lexicon(code)
        families(code)
        scenes(code)
    for name in ("themes", "moods"):
        tally(name, {})


def analyse(lyrics: str) -> Analysis:
    """Judge lyrics; any text is allowed, and the same text gives the same judgement."""
    text = _take_apart(lyrics)
    language = languages.detect(lyrics, text.words)
    judged = languages.judged_languages(language, text.words)
    hits = _find(text.tokens, judged)
    evidence = merge(weigh(text.tokens, hits, find_scenes(text.tokens, hits, judged)))
    if not evidence and not judged:
        return Analysis("unknown", 0, cannot_judge(language), language, (), (), UNCLEAR)
    return _conclude(text, language, evidence)


def _take_apart(lyrics: str) -> Text:
    lines = split_lines(lyrics)
    unmasker = Unmasker(masked_words())
    tokens = [tokenise(fold(line), unmasker) for line in lines]
    return Text(lines, tokens, [token.text for of_line in tokens for token in of_line])


def _find(tokens: Sequence[Sequence[Token]], judged: Sequence[str]) -> list[list[Hit]]:
    found = [lexicon(code).find_all(tokens) for code in (*judged, ANY_LANGUAGE)]
    return [[hit for of_lexicon in of_line for hit in of_lexicon] for of_line in zip(*found, strict=True)]


def _conclude(text: Text, language: str, evidence: Sequence[Evidence]) -> Analysis:
    rating = rate(evidence)
    counts = Counter(text.words)
    english = language == "en"
    return Analysis(
        rating=rating,
        score=score(rating, evidence),
        summary=explain(rating, evidence, sum(1 for of_line in text.tokens if of_line)),
        language=language,
        findings=tuple(as_finding(item, text.lines, text.tokens) for item in _gravest(evidence)),
        themes=themes(counts) if english else (),
        mood=mood(text.lines, counts) if english else UNCLEAR,
    )


def _gravest(evidence: Sequence[Evidence]) -> Sequence[Evidence]:
    """Keep what a person can read: the gravest, in the order of the lyrics."""
    if len(evidence) <= MAX_FINDINGS:
        return evidence
    kept = sorted(evidence, key=lambda item: (-item.sense.severity, item.line))[:MAX_FINDINGS]
    return sorted(kept, key=lambda item: (item.line, item.first))
