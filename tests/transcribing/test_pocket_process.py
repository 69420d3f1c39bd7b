"""The local engine listens in a process of its own, which can be stopped and does not stay behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from errors import TransientError
from services.transcribing import audio
from services.transcribing.audio import SAMPLE_RATE
from services.transcribing.pocket_process import Decoder, decoder
from tests.made_media import speech
from tests.waiting import wait_until

TEN_SECONDS = np.random.default_rng(0).integers(-8000, 8000, 10 * SAMPLE_RATE).astype("<i2").tobytes()
STARTER = """
from services.transcribing.pocket_process import Decoder
import sys
opened = Decoder()
opened.words(bytes(32_000), lambda: None)
print(opened._process.pid, flush=True)
sys.stdin.read()
"""


class Enough(Exception):
    """What a checkpoint raises."""


def enough() -> None:
    raise Enough


def pid_of(opened: Decoder) -> int:
    assert opened._process is not None
    return opened._process.pid


def is_there(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_it_hears_words(tmp_path: Path) -> None:
    audio.extract(speech(tmp_path / "speech.wav", "the history of the bicycle"), tmp_path / "piece.wav")
    with decoder() as opened:
        sound = audio.samples(tmp_path / "piece.wav").astype("<i2").tobytes()
        first = opened.words(sound, lambda: None)
        again = opened.words(sound, lambda: None)
    assert "bicycle" in {word.text for word in first}
    assert len(again) >= 4
    assert all(word.start_frame <= word.end_frame for word in first)


def test_it_can_be_stopped_while_it_listens() -> None:
    with decoder() as opened, pytest.raises(Enough):
        opened.words(TEN_SECONDS * 6, enough)
    assert not is_there(pid_of(opened))


def test_it_says_when_the_program_has_ended_by_itself() -> None:
    with decoder() as opened:
        opened.words(bytes(SAMPLE_RATE), lambda: None)
        os.kill(pid_of(opened), signal.SIGKILL)
        with pytest.raises(TransientError, match="ended by itself"):
            opened.words(TEN_SECONDS, lambda: None)


def test_it_ends_when_whoever_started_it_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", STARTER], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as starter:
        assert starter.stdout is not None
        pid = int(starter.stdout.readline())
        assert is_there(pid)
        starter.kill()
    wait_until(lambda: not is_there(pid), "the program ends")
