"""Speech to text over HTTP, by any server with OpenAI's `/audio/transcriptions`
(https://platform.openai.com/docs/api-reference/audio/createTranscription)."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    stop_before_delay,
    wait_exponential_jitter,
)

import clock
from clients.deadline import DeadlineTransport, time_limit
from clients.lrclib import retry_after_seconds
from errors import BackbeatError, TransientError

CONNECT_SECONDS = 10.0
TOTAL_SECONDS = 300.0  # for one piece, its retries and pauses included
MAX_TRIES = 4
MAX_PAUSE_SECONDS = 20.0  # a longer Retry-After is left to the job's own retry
MAX_ANSWER_BYTES = 8 * 1024 * 1024
SAID_CHARS = 200

_backoff = wait_exponential_jitter(multiplier=1.0, max=MAX_PAUSE_SECONDS, jitter=1.0)


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, allow_inf_nan=False)


class HeardWord(_Answer):
    """Seconds from the start of what was sent."""

    word: str
    start: float = Field(ge=0)
    end: float = Field(ge=0)
    probability: float | None = Field(default=None, ge=0, le=1)


class HeardSegment(_Answer):
    """`avg_logprob` and `no_speech_prob` are Whisper's; some servers put the words in here."""

    start: float = Field(ge=0)
    end: float = Field(ge=0)
    text: str
    avg_logprob: float | None = None
    no_speech_prob: float | None = None
    speaker: str | None = None
    words: list[HeardWord] | None = None


class Heard(_Answer):
    """What `verbose_json` holds; servers that know only `json` send nothing but the text."""

    text: str
    language: str | None = None
    segments: list[HeardSegment] | None = None
    words: list[HeardWord] | None = None


class TranscriberRefused(BackbeatError):
    """The server will not do it however often it is asked; somebody must change a setting."""

    code = "transcriber_refused"


class _PassingError(TransientError):
    """A failure that often passes within seconds."""


class OpenAiAudio:
    """Asks one server for one model, with bounds on time, size and number of tries."""

    def __init__(
        self,
        base_url: str,
        model: str,
        api_key: str | None = None,
        *,
        total_seconds: float = TOTAL_SECONDS,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._url = f"{base_url.rstrip('/')}/audio/transcriptions"
        self._model = model
        self._headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {api_key}"} if api_key else {})
        self._total_seconds = total_seconds
        self._retrying = Retrying(
            retry=retry_if_exception_type(_PassingError),
            stop=stop_after_attempt(MAX_TRIES) | stop_before_delay(total_seconds),
            wait=_pause_seconds,
            sleep=sleep,
            reraise=True,
        )

    def _http(self) -> httpx.Client:
        """A connection of its own for each piece: between two of them an engine may rest for hours."""
        timeout = httpx.Timeout(self._total_seconds, connect=CONNECT_SECONDS)
        return httpx.Client(
            headers=self._headers,
            timeout=timeout,
            transport=DeadlineTransport(),
            follow_redirects=False,
            trust_env=False,
        )

    def transcribe(self, wav_path: Path) -> Heard:
        """What is said in a wav of at most some megabytes.

        :raise TransientError: if the server cannot be reached, is overloaded, or sends what cannot be understood.
        :raise TranscriberRefused: if it does not let us in, knows no such model, or does not take the sound.
        """
        sound = wav_path.read_bytes()
        with self._http() as http, time_limit(self._total_seconds):
            return _parsed(self._retrying(self._ask_once, http, sound))

    def _ask_once(self, http: httpx.Client, sound: bytes) -> bytes:
        form: dict[str, Any] = {
            "model": self._model,
            "response_format": "verbose_json",
            "timestamp_granularities[]": ["word", "segment"],
            "temperature": "0",
        }
        files = {"file": ("piece.wav", sound, "audio/wav")}
        try:
            with http.stream("POST", self._url, data=form, files=files) as response:
                return self._content(response)
        except (httpx.ConnectTimeout, httpx.NetworkError, httpx.RemoteProtocolError) as e:
            raise _PassingError("The transcriber cannot be reached; the piece is sent again later.") from e
        except httpx.TimeoutException as e:
            raise TransientError("The transcriber did not answer in time; the piece is sent again later.") from e
        except httpx.RequestError as e:
            raise TransientError("The transcriber's answer cannot be decoded; the piece is sent again later.") from e

    def _content(self, response: httpx.Response) -> bytes:
        """The body of a success; anything else is raised."""
        status = response.status_code
        if status == httpx.codes.OK:
            return _body(response)
        if status == httpx.codes.TOO_MANY_REQUESTS or response.is_server_error or status == httpx.codes.REQUEST_TIMEOUT:
            raise _overloaded(status, retry_after_seconds(response.headers.get("Retry-After"), clock.now()))
        raise TranscriberRefused(_refusal(status, self._model, _said(_body(response))))


def _body(response: httpx.Response) -> bytes:
    content = bytearray()
    for chunk in response.iter_bytes():
        content += chunk
        if len(content) > MAX_ANSWER_BYTES:
            raise TransientError(
                f"The transcriber's answer is longer than {MAX_ANSWER_BYTES // 1024**2} MiB, the most that is read; "
                "check TRANSCRIBER."
            )
    return bytes(content)


class _Error(BaseModel):
    message: str


class _ErrorBody(BaseModel):
    error: _Error | str


def _said(body: bytes) -> str:
    """The server's own words, where it sent them as documented."""
    try:
        error = _ErrorBody.model_validate_json(body).error
    except ValidationError:
        return ""
    said = error if isinstance(error, str) else error.message
    return " ".join(said.split())[:SAID_CHARS]


def _refusal(status: int, model: str, said: str) -> str:
    what = {
        401: "did not accept the key; check TRANSCRIBER_API_KEY",
        403: "does not allow this key to do that; check TRANSCRIBER_API_KEY",
        404: f"knows no such address or model; check TRANSCRIBER and TRANSCRIBER_MODEL={model}",
        413: "takes no pieces of this size; name another server in TRANSCRIBER",
    }.get(status, "refused; check TRANSCRIBER and TRANSCRIBER_MODEL")
    return f"The transcriber {what} (status {status}{': ' + said if said else ''})."


def _overloaded(status: int, after_seconds: float | None) -> TransientError:
    message = f"The transcriber is overloaded or out of order (status {status}); the piece is sent again later."
    if after_seconds is not None and after_seconds > MAX_PAUSE_SECONDS:
        return TransientError(message, retry_after_seconds=after_seconds)
    return _PassingError(message, retry_after_seconds=after_seconds)


def _pause_seconds(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked_seconds = error.retry_after_seconds if isinstance(error, TransientError) else None
    return max(asked_seconds or 0.0, _backoff(state))


def _parsed(body: bytes) -> Heard:
    try:
        return Heard.model_validate_json(body)
    except ValidationError as e:
        first = e.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "the whole"
        raise TransientError(
            f"The transcriber's answer is not a transcription as documented ({where}: {first['msg']}); "
            "check TRANSCRIBER."
        ) from e
