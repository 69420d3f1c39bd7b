"""Questions about words and pictures, by any server with OpenAI's `/chat/completions`
(https://platform.openai.com/docs/api-reference/chat/create)."""

import base64
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

import httpx
from pydantic import Field

from clients.openai_api import Answer, OpenAiApi, Refused, Service
from clients.peer import Peer
from errors import TransientError

_DESCRIBER = Peer(
    name="The describer",
    later="it is asked again later",
    setting="DESCRIBER",
    answers="a chat completion",
    total_seconds=120.0,
    max_tries=4,
    first_pause_seconds=1.0,
    max_pause_seconds=20.0,
    max_answer_bytes=4 * 1024 * 1024,
)


# How the length of an answer is bounded: most servers know the first, newer models of OpenAI's only the second. These
# think first, which is counted too.
MAX_TOKENS, MAX_COMPLETION_TOKENS = "max_tokens", "max_completion_tokens"
TIMES_WITH_THOUGHTS = 4


class DescriberRefused(Refused):
    """The model behind DESCRIBER will not answer; somebody must change a setting."""

    code = "describer_refused"


_SERVICE = Service(_DESCRIBER, DescriberRefused, "takes no questions or pictures of this size")


class _Message(Answer):
    content: str | None = None


class _Choice(Answer):
    message: _Message


class _Completion(Answer):
    choices: list[_Choice] = Field(min_length=1)


class ChatClient:
    """Asks one model, one question at a time: nothing of an earlier one is known to it."""

    def __init__(self, api: OpenAiApi) -> None:
        self.model = api.model
        self._api = api
        self._bound_by = MAX_TOKENS

    @classmethod
    def of(
        cls,
        url: str,
        model: str,
        api_key: str | None,
        *,
        total_seconds: float | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> Self:
        """`url` is the address up to and with the version, such as `https://api.example.com/v1`."""
        return cls(OpenAiApi(_SERVICE, url, model, api_key, total_seconds=total_seconds, sleep=sleep))

    def ask(self, prompt: str, *, system: str = "", images: Sequence[bytes] = (), max_tokens: int = 500) -> str:
        """The model's answer, never empty; `images` are JPEG or PNG files.

        :raise TransientError: if it cannot be reached, is overloaded, or answers with nothing.
        :raise DescriberRefused: if it does not let us in, knows no such model, or does not take the pictures.
        """
        messages = [{"role": "system", "content": system}] if system else []
        question = {"model": self.model, "messages": [*messages, {"role": "user", "content": _content(prompt, images)}]}
        try:
            completion = self._post(question, max_tokens)
        except DescriberRefused as e:
            if e.status != httpx.codes.BAD_REQUEST or MAX_TOKENS not in e.message or self._bound_by != MAX_TOKENS:
                raise
            self._bound_by = MAX_COMPLETION_TOKENS
            completion = self._post(question, max_tokens)
        said = (completion.choices[0].message.content or "").strip()
        if not said:
            raise TransientError("The describer answered with nothing; it is asked again later.")
        return said

    def _post(self, question: Mapping[str, Any], max_tokens: int) -> _Completion:
        most = max_tokens * (TIMES_WITH_THOUGHTS if self._bound_by == MAX_COMPLETION_TOKENS else 1)
        return self._api.post("/chat/completions", _Completion, json={**question, self._bound_by: most})


def _content(prompt: str, images: Sequence[bytes]) -> str | list[dict[str, Any]]:
    if not images:
        return prompt
    pictures = [{"type": "image_url", "image_url": {"url": _data_url(image)}} for image in images]
    return [{"type": "text", "text": prompt}, *pictures]


def _data_url(image: bytes) -> str:
    kind = "png" if image.startswith(b"\x89PNG") else "jpeg"
    return f"data:image/{kind};base64,{base64.b64encode(image).decode()}"
