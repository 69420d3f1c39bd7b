"""Captions by a model that understands pictures, behind an OpenAI-compatible server."""

from pathlib import Path

from clients.openai_chat import ChatClient
from services.captioning.looking import look
from services.captioning.protocol import Seen

NAME_CHARS = 120
CAPTION_CHARS = 600
PROMPT = (
    "This is one frame of a video. Say in one or two plain sentences what is to be seen in it, so that somebody can "
    "find it by a search: the place, people and what they do, things, and what is written. Say only what is there, "
    "do not guess names, and answer with the sentences alone."
)


class RemoteCaptioner:
    """Sends the picture itself; text is read and colours are measured here, as without a server."""

    def __init__(self, base_url: str, model: str, api_key: str | None = None, client: ChatClient | None = None) -> None:
        self.name = f"remote-{model}"[:NAME_CHARS]
        self._client = client or ChatClient.of(base_url, model, api_key)

    def caption(self, image_path: Path, *, before: Path | None) -> Seen:
        """As `protocol.Captioner` says.

        :raise TransientError, DescriberRefused: as `clients.openai_chat` says; nothing else is put in its place.
        """
        sight = look(image_path, before)
        said = self._client.ask(PROMPT, images=[image_path.read_bytes()])
        return Seen(_shortened(" ".join(said.split())), sight)


def _shortened(said: str) -> str:
    return said if len(said) <= CAPTION_CHARS else f"{said[: CAPTION_CHARS - 1].rsplit(' ', 1)[0]}…"
