"""What a transcript is about, and which passages are worth cutting out. Pure: the same words give the same findings."""

from collections.abc import Sequence

from services.enriching.chapters import chapters_of
from services.enriching.clips import Material, clips_of
from services.enriching.ranking import Vector, centrality
from services.enriching.results import Findings, KeySentence, Speaker
from services.enriching.sentences import Sentence, sentences_of
from services.enriching.topics import topics_of
from services.transcribing.results import Segment

__all__ = ["VERSION", "enrich"]

VERSION = "1"
SENTENCES_A_KEY, MOST_KEYS = 10, 12
KEY_WORDS = 5  # fewer do not make a sentence that stands for others


def enrich(
    segments: Sequence[Segment],
    *,
    duration_seconds: float,
    silences: Sequence[tuple[float, float]],
    scenes: Sequence[float],
) -> Findings:
    """Topics, key sentences, chapters, speakers and clip candidates; all empty where nothing is said."""
    sentences = sentences_of(sorted(segments, key=lambda segment: segment.start))
    ranks = centrality(sentences)
    material = Material(sentences, ranks, duration_seconds, sorted(silences), sorted(scenes))
    return Findings(
        topics=topics_of(sentences),
        key_sentences=_key_sentences(sentences, ranks),
        chapters=chapters_of(sentences, duration_seconds),
        speakers=_speakers(segments),
        clips=clips_of(material),
    )


def _key_sentences(sentences: Sequence[Sentence], ranks: Vector) -> tuple[KeySentence, ...]:
    whole = [place for place, sentence in enumerate(sentences) if sentence.word_count >= KEY_WORDS and ranks[place] > 0]
    wanted = min(MOST_KEYS, max(1, len(sentences) // SENTENCES_A_KEY))
    best = sorted(whole, key=lambda place: (-float(ranks[place]), place))[:wanted]
    return tuple(
        KeySentence(
            round(sentences[p].start, 3), round(sentences[p].end, 3), sentences[p].text, round(float(ranks[p]), 3)
        )
        for p in sorted(best)
    )


def _speakers(segments: Sequence[Segment]) -> tuple[Speaker, ...]:
    """Those whom the engine told apart, whoever speaks longest first."""
    seconds: dict[str, float] = {}
    for segment in segments:
        if segment.speaker:
            seconds[segment.speaker] = seconds.get(segment.speaker, 0.0) + segment.end - segment.start
    longest_first = sorted(seconds.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Speaker(name, round(spoken, 3)) for name, spoken in longest_first)
