"""A renderer that speaks the No-Code Architects Toolkit's HTTP API
(https://github.com/stephengpope/no-code-architects-toolkit, docs/ffmpeg/compose.md, docs/toolkit/job_status.md).

Its status of a job comes bare or wrapped once more, as all its answers are; both are read.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from clients import renderer
from clients.deadline import DeadlineTransport, time_limit
from clients.peer import Peer
from clients.renderer import Order, RendererRefused, Seen
from errors import TransientError

CONNECT_SECONDS = 3.0
TOTAL_SECONDS = 8.0
SAID_CHARS = 300
SENTENCE_CHARS = 200
MAX_URL_CHARS = 2000
TAKEN, NOT_FOUND = 202, 404
NOT_NOW = (408, 429)  # beside all of 500 and above
REFUSED = (400, 409, 413, 422)  # for what was asked; anything else is for how it was asked, which can be mended
KEPT_OUT = (401, 403)

COMPOSE, CONCATENATE, STATUS = "/v1/ffmpeg/compose", "/v1/video/concatenate", "/v1/toolkit/job/status"

_peer = Peer(
    name="The renderer",
    later="it is asked again later",
    setting="NCA_BASE_URL",
    answers="a job",
    total_seconds=TOTAL_SECONDS,
    max_tries=1,
    first_pause_seconds=0.0,
    max_pause_seconds=0.0,
    max_answer_bytes=1024 * 1024,
)


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class _Taken(_Answer):
    job_id: str = Field(min_length=1, max_length=100)


class _Said(_Answer):
    message: str


class _Told(_Answer):
    """What became of a job: `response` is what it made, `message` what was wrong."""

    code: int
    id: str | None = None
    response: Any = None
    message: Any = None


class _Status(_Answer):
    job_status: str
    response: _Told | None = None


class _Wrapped(_Answer):
    response: _Status


T = TypeVar("T", bound=BaseModel)


class NcaClient:
    """Asks one toolkit, with a bound on all of the time that an answer takes."""

    def __init__(self, base_url: str, api_key: str | None, *, total_seconds: float = TOTAL_SECONDS) -> None:
        self._base_url = base_url.rstrip("/")
        self._headers = {"Accept": "application/json"} | ({"x-api-key": api_key} if api_key else {})
        self._total_seconds = total_seconds

    def start(self, order: Order) -> str:
        path, body = _request(order)
        status, content = self._post(path, body | {"id": order.order_id, "webhook_url": order.webhook_url})
        if status in REFUSED:
            raise RendererRefused(f"The renderer does not take it (status {status}{_words(content)}).")
        if status not in {httpx.codes.OK, TAKEN}:
            raise _unheard(status)
        return _parsed(_Taken, content).job_id

    def look(self, external_job_id: str) -> Seen:
        status, content = self._post(STATUS, {"job_id": external_job_id})
        if status == NOT_FOUND:
            return Seen(renderer.UNKNOWN)
        if status != httpx.codes.OK:
            raise _unheard(status)
        return _seen(_status(content))

    def _post(self, path: str, body: Mapping[str, Any]) -> tuple[int, bytes]:
        """Status and content of an answer; what passes by itself is raised."""
        with (
            self._http() as http,
            time_limit(self._total_seconds),
            _peer.request_errors(),
            http.stream("POST", f"{self._base_url}{path}", json=dict(body)) as response,
        ):
            if response.is_server_error or response.status_code in NOT_NOW:
                raise _peer.overloaded(response)
            return response.status_code, _peer.body(response)

    def _http(self) -> httpx.Client:
        return httpx.Client(
            headers=self._headers,
            timeout=httpx.Timeout(self._total_seconds, connect=CONNECT_SECONDS),
            transport=DeadlineTransport(),
            follow_redirects=False,
            trust_env=False,
        )


def _request(order: Order) -> tuple[str, dict[str, Any]]:
    """Where an operation is asked for, and how."""
    return _REQUESTS[order.operation](order.inputs)


def _combine(inputs: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The picture of the one and the sound of the other, as long as the shorter."""
    options = _options(("-map", "0:v:0"), ("-map", "1:a:0"), ("-c:v", "copy"), ("-c:a", "aac"), ("-shortest", None))
    files = [{"file_url": inputs["video_url"]}, {"file_url": inputs["voice_url"]}]
    return COMPOSE, {"inputs": files, "outputs": [{"options": options}]}


def _add_music(inputs: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Music under the sound, begun again where it is over, as long as the video is."""
    volume = float(inputs["music_volume"])
    mixed = f"[1:a:0]volume={volume:.3f}[music];[0:a:0][music]amix=inputs=2:duration=first:normalize=0[mixed]"
    music = {"file_url": inputs["music_url"], "options": _options(("-stream_loop", -1))}
    options = _options(("-map", "0:v:0"), ("-map", "[mixed]"), ("-c:v", "copy"), ("-c:a", "aac"))
    return COMPOSE, {
        "inputs": [{"file_url": inputs["video_url"]}, music],
        "filters": [{"filter": mixed}],
        "outputs": [{"options": options}],
    }


def _concatenate(inputs: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    return CONCATENATE, {"video_urls": [{"video_url": url} for url in inputs["video_urls"]]}


_REQUESTS: Mapping[str, Callable[[Mapping[str, Any]], tuple[str, dict[str, Any]]]] = {
    renderer.COMBINE: _combine,
    renderer.CONCATENATE: _concatenate,
    renderer.ADD_MUSIC: _add_music,
}


def _options(*options: tuple[str, str | int | None]) -> list[dict[str, Any]]:
    return [{"option": option, "argument": argument} for option, argument in options]


def _status(content: bytes) -> _Status:
    try:
        return _Status.model_validate_json(content)
    except ValidationError:
        return _parsed(_Wrapped, content).response


def _seen(status: _Status) -> Seen:
    told = status.response
    if status.job_status != "done" or told is None:
        return Seen(renderer.WAITING, told.id if told else None)
    if told.code != httpx.codes.OK:
        return Seen(renderer.FAILED, told.id, error=_text(told.message) or f"status {told.code}")
    return Seen(renderer.DONE, told.id, output_url=_first_url(told.response))


def _first_url(made: Any) -> str | None:
    """`[{"file_url": …}]` of compose, or the bare address of concatenate."""
    first = made[0] if isinstance(made, list) and made else made
    url = first.get("file_url") if isinstance(first, dict) else first
    if not isinstance(url, str) or len(url) > MAX_URL_CHARS or not url.isprintable():
        return None
    return url if url.startswith(("http://", "https://")) else None


def _text(said: Any) -> str:
    return " ".join(str(said or "").replace("\x00", "").split())[:SAID_CHARS]


def _unheard(status: int) -> TransientError:
    """It is no renderer that answers, or one that does not let us in: whoever runs Backbeat can mend that."""
    setting = "NCA_API_KEY" if status in KEPT_OUT else "NCA_BASE_URL"
    return TransientError(f"The renderer does not answer as one (status {status}); check {setting}.")


def _words(content: bytes) -> str:
    """The first sentence of its own words. What else it answers, such as an error page, is nobody's to read."""
    try:
        told = _Said.model_validate_json(content)
    except ValidationError:
        return ""
    said = re.split(r"(?<=[.!?]) ", _text(told.message))[0][:SENTENCE_CHARS].rstrip(".")
    return f": {said}" if said else ""


def _parsed(shape: type[T], content: bytes) -> T:
    try:
        return shape.model_validate_json(content)
    except ValidationError as e:
        raise _peer.not_as_documented(e) from e
