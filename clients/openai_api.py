"""What every call of an OpenAI-compatible server shares: its address and key, bounds on time, size and tries, and what
is said where it fails (https://platform.openai.com/docs/api-reference)."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from clients.deadline import DeadlineTransport, time_limit
from clients.peer import Peer
from errors import BackbeatError

CONNECT_SECONDS = 10.0
SAID_CHARS = 200
# A key, an address or the name of a model is wrong, or they are being changed just now: not the fault of what was sent.
OF_SETTINGS = frozenset({401, 403, 404})


class Answer(BaseModel):
    """Base of what such a server sends; fields that are not asked for are let pass."""

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)


T = TypeVar("T", bound=Answer)


class Refused(BackbeatError):
    """The server will not do it; somebody must change a setting. `is_final` where what was sent is refused, too."""

    code = "refused"

    def __init__(self, message: str, *, status: int) -> None:
        super().__init__(message)
        self.status = status
        self.is_final = status not in OF_SETTINGS


@dataclass(frozen=True, slots=True)
class Service:
    """One use that is made of such servers: `setting`, `<setting>_MODEL` and `<setting>_API_KEY` speak of it."""

    peer: Peer
    refused: type[Refused]
    too_large: str  # "takes no pieces of this size"


class OpenAiApi:
    """Asks one server for one model."""

    def __init__(
        self,
        service: Service,
        base_url: str,
        model: str,
        api_key: str | None = None,
        *,
        total_seconds: float | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.model = model
        self._service = service
        self._base_url = base_url.rstrip("/")
        self._headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {api_key}"} if api_key else {})
        self._total_seconds = total_seconds or service.peer.total_seconds
        self._retrying = service.peer.retrying(self._total_seconds, sleep)

    def post(self, path: str, shape: type[T], **content: Any) -> T:
        """What it answers; `content` is as `httpx.Client.request` takes it (`json`, or `data` and `files`).

        :raise TransientError: if it cannot be reached, is overloaded, or sends what cannot be understood.
        :raise Refused: the service's own kind, if it does not let us in, knows no such model, or takes no such content.
        """
        with self._http() as http, time_limit(self._total_seconds):
            body = self._retrying(self._ask_once, http, path, content)
        try:
            return shape.model_validate_json(body)
        except ValidationError as e:
            raise self._service.peer.not_as_documented(e) from e

    def _http(self) -> httpx.Client:
        """A connection of its own for each question: between two of them a worker may rest for hours."""
        timeout = httpx.Timeout(self._total_seconds, connect=CONNECT_SECONDS)
        return httpx.Client(
            headers=self._headers,
            timeout=timeout,
            transport=DeadlineTransport(),
            follow_redirects=False,
            trust_env=False,
        )

    def _ask_once(self, http: httpx.Client, path: str, content: dict[str, Any]) -> bytes:
        with self._service.peer.request_errors(), http.stream("POST", f"{self._base_url}{path}", **content) as response:
            return self._content(response)

    def _content(self, response: httpx.Response) -> bytes:
        """The body of a success; anything else is raised."""
        status = response.status_code
        if status == httpx.codes.OK:
            return self._service.peer.body(response)
        if status == httpx.codes.TOO_MANY_REQUESTS or response.is_server_error or status == httpx.codes.REQUEST_TIMEOUT:
            raise self._service.peer.overloaded(response)
        raise self._service.refused(self._refusal(status, _said(self._service.peer.body(response))), status=status)

    def _refusal(self, status: int, said: str) -> str:
        name, setting = self._service.peer.name, self._service.peer.setting
        what = {
            401: f"did not accept the key; check {setting}_API_KEY",
            403: f"does not allow this key to do that; check {setting}_API_KEY",
            404: f"knows no such address or model; check {setting} and {setting}_MODEL={self.model}",
            413: f"{self._service.too_large}; name another server in {setting}",
        }.get(status, f"refused; check {setting} and {setting}_MODEL")
        return f"{name} {what} (status {status}{': ' + said if said else ''})."


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
