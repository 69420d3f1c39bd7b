"""Speech to text over HTTP, by any server with OpenAI's `/audio/transcriptions`
(https://platform.openai.com/docs/api-reference/audio/createTranscription)."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import Field

from clients.openai_api import Answer, OpenAiApi, Refused, Service
from clients.peer import Peer

_TRANSCRIBER = Peer(
    name="The transcriber",
    later="the piece is sent again later",
    setting="TRANSCRIBER",
    answers="a transcription",
    total_seconds=300.0,
    max_tries=4,
    first_pause_seconds=1.0,
    max_pause_seconds=20.0,
    max_answer_bytes=8 * 1024 * 1024,
)


class TranscriberRefused(Refused):
    """The server will not do it however often it is asked; somebody must change a setting."""

    code = "transcriber_refused"


_SERVICE = Service(_TRANSCRIBER, TranscriberRefused, "takes no pieces of this size")


class HeardWord(Answer):
    """Seconds from the start of what was sent."""

    word: str
    start: float = Field(ge=0)
    end: float = Field(ge=0)
    probability: float | None = Field(default=None, ge=0, le=1)


class HeardSegment(Answer):
    """`avg_logprob` and `no_speech_prob` are Whisper's; some servers put the words in here."""

    start: float = Field(ge=0)
    end: float = Field(ge=0)
    text: str
    avg_logprob: float | None = None
    no_speech_prob: float | None = None
    speaker: str | None = None
    words: list[HeardWord] | None = None


class Heard(Answer):
    """What `verbose_json` holds; servers that know only `json` send nothing but the text."""

    text: str
    language: str | None = None
    segments: list[HeardSegment] | None = None
    words: list[HeardWord] | None = None


class OpenAiAudio:
    """Asks one server for one model, with bounds on time, size and number of tries."""

    def __init__(
        self,
        base_url: str,
        model: str,
        api_key: str | None = None,
        *,
        total_seconds: float | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._api = OpenAiApi(_SERVICE, base_url, model, api_key, total_seconds=total_seconds, sleep=sleep)

    def transcribe(self, wav_path: Path) -> Heard:
        """What is said in a wav of at most some megabytes.

        :raise TransientError: if the server cannot be reached, is overloaded, or sends what cannot be understood.
        :raise TranscriberRefused: if it does not let us in, knows no such model, or does not take the sound.
        """
        form: dict[str, Any] = {
            "model": self._api.model,
            "response_format": "verbose_json",
            "timestamp_granularities[]": ["word", "segment"],
            "temperature": "0",
        }
        sound = {"file": ("piece.wav", wav_path.read_bytes(), "audio/wav")}
        return self._api.post("/audio/transcriptions", Heard, data=form, files=sound)
