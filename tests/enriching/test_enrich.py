"""Findings are the same for the same words, whole for none and few, and quick for many."""

import random
import time
from itertools import pairwise

from services.enriching.results import Findings
from services.transcribing.results import Segment, Word
from tests.enriching.conftest import BREAD, STARS, found, spoken


def test_it_finds_the_same_again() -> None:
    segments = spoken(BREAD + STARS)
    assert found(segments) == found(list(reversed(segments)))


def test_it_finds_nothing_where_nothing_is_said() -> None:
    assert found([]) == Findings((), (), (), (), ())


def test_it_makes_do_with_one_word() -> None:
    findings = found([Segment(1.0, 1.5, "Bicycle.", (Word(1.0, 1.5, "Bicycle.", 0.9),))], duration_seconds=3.0)
    assert [topic.name for topic in findings.topics] == ["bicycle"]
    assert [(chapter.start, chapter.end) for chapter in findings.chapters] == [(0.0, 3.0)]
    (clip,) = findings.clips
    assert (clip.start, clip.end) == (0.75, 1.9)


def test_it_makes_do_with_words_that_say_nothing() -> None:
    findings = found(spoken("Well, you know. And so on. I mean, what is it?"))
    assert findings.topics == ()
    assert findings.key_sentences == ()
    assert findings.chapters == ()
    assert len(findings.clips) == 1


def test_it_names_what_is_spoken_of() -> None:
    names = [topic.name for topic in found(spoken(STARS)).topics]
    assert names[0] in {"telescope", "star"}
    assert "light" in names
    assert not {"this", "every", "their"} & set(names)


def test_it_tells_when_a_topic_is_mentioned() -> None:
    segments = spoken(BREAD + STARS)
    telescope = next(topic for topic in found(segments).topics if topic.name == "telescope")
    assert list(telescope.mentions) == [round(s.start, 3) for s in segments if "telescope" in s.text.lower()]


def test_it_chooses_key_sentences_of_what_is_said_most() -> None:
    keys = found(spoken(STARS + "My aunt likes green umbrellas in spring. ")).key_sentences
    assert all("star" in key.text or "light" in key.text or "telescope" in key.text for key in keys)


def test_it_begins_a_chapter_where_the_subject_changes() -> None:
    segments = spoken(BREAD * 3 + STARS * 3)
    chapters = found(segments).chapters
    change = next(segment.start for segment in segments if segment.text.startswith("On a clear night"))
    assert min(abs(chapter.start - change) for chapter in chapters) < 10
    assert chapters[0].start == 0.0
    assert all(one.end == other.start for one, other in pairwise(chapters))
    assert "bread" in chapters[0].title.lower() or "dough" in chapters[0].title.lower()
    assert "star" in chapters[-1].title.lower() or "telescope" in chapters[-1].title.lower()


def _bare(segment: Segment) -> Segment:
    words = tuple(Word(w.start, w.end, w.text.rstrip(".,").lower(), 0.5) for w in segment.words)
    return Segment(segment.start, segment.end, " ".join(word.text for word in words), words)


def test_it_takes_breaths_for_sentences_where_there_is_no_punctuation() -> None:
    segments = [_bare(segment) for segment in spoken(STARS)]
    starts = {segment.start for segment in segments}
    assert {key.start for key in found(segments).key_sentences} <= {round(start, 3) for start in starts}


def test_it_counts_how_long_each_speaker_talks() -> None:
    segments = [*spoken(BREAD, speaker="Ann"), *spoken("One more. ", start=100.0, speaker="Ben")]
    speakers = found(segments).speakers
    assert [speaker.name for speaker in speakers] == ["Ann", "Ben"]
    assert speakers[1].seconds == 0.8


def test_it_knows_no_speakers_where_the_engine_does_not() -> None:
    assert found(spoken(BREAD)).speakers == ()


def test_it_is_quick_with_hours() -> None:
    rng = random.Random(5)
    vocabulary = [
        f"{a}{b}{c}" for a in ("bar", "fel", "gon", "mir") for b in "aeiou" for c in ("dan", "lok", "tus")
    ] * 9
    text = "".join(" ".join(rng.choices(vocabulary, k=10)).capitalize() + ". " for _ in range(4000))
    segments = spoken(text)
    assert segments[-1].end > 4 * 3600
    began = time.process_time()
    findings = found(segments)
    assert time.process_time() - began < 20
    assert len(findings.clips) == 20
    assert len(findings.chapters) <= 30
