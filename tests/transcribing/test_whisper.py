"""faster-whisper's segments become ours, and what is missing is named. A stand-in takes the library's place here."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from errors import SettingsError
from services.transcribing.whisper import load_folder
from tests.transcribing.conftest import heard


def said(text: str, start: float, no_speech_prob: float = 0.01, avg_logprob: float = -0.2) -> SimpleNamespace:
    """A segment of half a second a word, with numpy's numbers, as the library gives them."""
    words = [
        SimpleNamespace(
            word=f" {word}",
            start=np.float64(start + place / 2),
            end=np.float64(start + place / 2 + 0.5),
            probability=0.9,
        )
        for place, word in enumerate(text.split())
    ]
    return SimpleNamespace(
        text=f" {text}",
        start=start,
        end=start + len(words) / 2,
        words=words,
        no_speech_prob=no_speech_prob,
        avg_logprob=avg_logprob,
    )


class StandIn:
    """`faster_whisper.WhisperModel`, as far as it is used."""

    def __init__(self, folder: str, *, device: str, compute_type: str, local_files_only: bool) -> None:
        assert local_files_only
        if (Path(folder) / "model.bin").read_bytes() != b"whole":
            raise RuntimeError("File model.bin is incomplete")

    def transcribe(self, path: str, **options: Any) -> tuple[Any, Any]:
        assert options["word_timestamps"]
        segments = [said("Guten Tag.", 0.5), said("Untertitel", 2.0, no_speech_prob=0.9, avg_logprob=-1.5)]
        return iter(segments), SimpleNamespace(language="de")


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("faster_whisper")
    module.__dict__["WhisperModel"] = StandIn
    monkeypatch.setitem(sys.modules, "faster_whisper", module)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "base"
    folder.mkdir()
    (folder / "model.bin").write_bytes(b"whole")
    return folder


@pytest.mark.usefixtures("library")
def test_it_keeps_words_times_and_language(folder: Path, piece: Path) -> None:
    engine = load_folder(folder)
    part = heard(engine, piece, start_seconds=30.0)
    assert engine.name == "faster-whisper-base"
    assert part.language == "de"
    (segment,) = part.segments  # the other one was made up in silence
    assert (segment.start, segment.end, segment.text) == (30.5, 31.5, "Guten Tag.")
    assert [(w.start, w.text, w.confidence) for w in segment.words] == [(30.5, "Guten", 0.9), (31.0, "Tag.", 0.9)]
    assert type(segment.words[0].start) is float
    assert json.loads(json.dumps(asdict(part)))["language"] == "de"


@pytest.mark.usefixtures("library")
def test_it_stops_between_segments(folder: Path, piece: Path) -> None:
    calls = iter([None, None, KeyboardInterrupt])

    def checkpoint() -> None:
        if (stop := next(calls)) is not None:
            raise stop

    with pytest.raises(KeyboardInterrupt):
        load_folder(folder).transcribe(piece, start_seconds=0.0, on_progress=lambda _: None, checkpoint=checkpoint)


@pytest.mark.usefixtures("library")
def test_it_names_a_folder_without_a_model(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"holds no model.bin"):
        load_folder(tmp_path)


@pytest.mark.usefixtures("library")
def test_it_names_a_model_that_is_not_whole(folder: Path) -> None:
    (folder / "model.bin").write_bytes(b"half")
    with pytest.raises(SettingsError, match="is incomplete"):
        load_folder(folder)


def test_it_says_what_to_install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "faster_whisper", None)
    with pytest.raises(SettingsError, match=r"pip install -r requirements-whisper\.txt"):
        load_folder(folder)
