import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from services.transcribing.audio import SAMPLE_RATE
from services.transcribing.protocol import Engine
from services.transcribing.results import Part
from tests.servers.openai_audio import OpenAiAudioServer


@pytest.fixture
def server() -> Iterator[OpenAiAudioServer]:
    with OpenAiAudioServer() as server:
        yield server


@pytest.fixture
def piece(tmp_path: Path) -> Path:
    """Four seconds of silence; the local server does not listen."""
    return write_wav(tmp_path / "piece.wav", np.zeros(4 * SAMPLE_RATE))


def write_wav(path: Path, sound: np.ndarray) -> Path:
    """`sound` is from -1 to 1."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
    return path


def heard(engine: Engine, wav: Path, start_seconds: float = 0.0) -> Part:
    return engine.transcribe(wav, start_seconds=start_seconds, on_progress=lambda _: None, checkpoint=lambda: None)
