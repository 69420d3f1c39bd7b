"""The local engine hears English speech, with the time of each word, and admits what it does not understand."""

import re
from pathlib import Path

import numpy as np
import pytest

from config import read_settings
from services import transcribing
from services.transcribing import audio, language, pocket
from services.transcribing.protocol import Engine
from services.transcribing.results import Part, Word
from tests.made_media import VOICE, speech
from tests.transcribing.conftest import heard, write_wav

TEXT = (
    "The history of the bicycle began two hundred years ago in Germany. People wanted to travel without a horse. "
    "The first machine had two wheels and no pedals."
)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return transcribing.load(read_settings({}))


@pytest.fixture(scope="module")
def part(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Part:
    folder = tmp_path_factory.mktemp("spoken")
    audio.extract(speech(folder / "speech.wav", TEXT, voice=VOICE), folder / "piece.wav")
    return heard(engine, folder / "piece.wav", start_seconds=30.0)


def test_it_hears_most_of_the_words(part: Part) -> None:
    said = re.findall(r"[a-z]+", TEXT.lower())
    found = {word.text for segment in part.segments for word in segment.words}
    assert len([word for word in said if word in found]) >= 0.6 * len(said)
    assert {"history", "bicycle", "hundred", "germany"} <= found


def test_it_times_each_word_in_the_recording(part: Part) -> None:
    words = [word for segment in part.segments for word in segment.words]
    starts = [word.start for word in words]
    assert starts == sorted(starts)
    assert all(word.start < word.end for word in words)
    assert 30.0 <= starts[0] < 31.0
    (germany,) = [word for word in words if word.text == "germany"]
    assert 33.0 < germany.start < 35.0


def test_it_keeps_text_and_words_alike(part: Part) -> None:
    for segment in part.segments:
        assert segment.text == " ".join(word.text for word in segment.words)
        assert (segment.start, segment.end) == (segment.words[0].start, segment.words[-1].end)
        assert all(0.0 <= (word.confidence or 0.0) <= 1.0 for word in segment.words)


def test_it_hears_nothing_in_silence(engine: Engine, piece: Path) -> None:
    assert heard(engine, piece) == Part(None, ())


def test_it_hears_nothing_in_no_time(engine: Engine, tmp_path: Path) -> None:
    assert heard(engine, write_wav(tmp_path / "nothing.wav", np.zeros(0))) == Part(None, ())


def test_it_makes_no_words_of_another_language(engine: Engine, tmp_path: Path) -> None:
    german = (
        "Die Geschichte des Fahrrads begann vor zweihundert Jahren in Deutschland. Die Menschen wollten ohne Pferd "
        "reisen. Die erste Maschine hatte zwei Räder und keine Pedale. Später setzte ein junger Mann in Paris Pedale "
        "an das Vorderrad."
    )
    audio.extract(speech(tmp_path / "speech.wav", german, voice="de"), tmp_path / "piece.wav")
    assert heard(engine, tmp_path / "piece.wav") == Part(language.UNDETERMINED, ())


def test_it_is_loaded_once(engine: Engine) -> None:
    assert transcribing.load(read_settings({})) is engine


def test_it_puts_noise_only_where_there_is_none() -> None:
    quiet, noisy = np.zeros(16_000, np.int16), np.full(16_000, 300, np.int16)
    assert pocket.with_noise(quiet, audio.levels_of(quiet)).std() > 10
    assert pocket.with_noise(noisy, audio.levels_of(noisy)) is noisy


@pytest.mark.parametrize(("heard_as", "written"), [("read(2)", "read"), ("i", "I"), ("i'm(2)", "I'm"), ("in", "in")])
def test_it_spells_words_as_they_are_written(heard_as: str, written: str) -> None:
    assert pocket.spelled(heard_as) == written


def test_it_ends_a_segment_at_a_breath() -> None:
    words = [Word(0.0, 0.4, "go", 0.9), Word(0.4, 0.8, "on", 0.9), Word(1.3, 1.6, "stop", 0.9)]
    assert [segment.text for segment in pocket.segments_of(words)] == ["go on", "stop"]
