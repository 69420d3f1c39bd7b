"""What any outside renderer is to Backbeat: asked to make something, and asked how far that is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from errors import BackbeatError

COMBINE, CONCATENATE, ADD_MUSIC = "combine", "concatenate", "add_music"
OPERATIONS = (COMBINE, CONCATENATE, ADD_MUSIC)

# How far something is there. A renderer that knows nothing of it may have lost it.
UNKNOWN, WAITING, DONE, FAILED = "unknown", "waiting", "done", "failed"


class RendererRefused(BackbeatError):
    """The renderer will not do it however often it is asked."""

    code = "renderer_refused"


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be made. `order_id` is ours, and comes back with all that is said of it.

    `inputs` by operation: combine `voice_url, video_url`; concatenate `video_urls`; add_music `video_url, music_url,
    music_volume` (from 0 to 1).
    """

    order_id: str
    operation: str
    inputs: Mapping[str, Any]
    webhook_url: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What the renderer says of a job when it is asked. `order_id` is null where it does not say whose it is."""

    state: str
    order_id: str | None = None
    output_url: str | None = None
    error: str | None = None


class Renderer(Protocol):
    """Asks one renderer. Both raise TransientError if it does not answer, or not as documented."""

    def start(self, order: Order) -> str:
        """Its own id of the job that it has taken in. It may be taken in twice, if the answer is lost.

        :raise RendererRefused: naming the reason.
        """

    def look(self, external_job_id: str) -> Seen:
        """How far a job is."""
