"""What became of a render, as far as the renderer's own answer tells. Pure."""

from dataclasses import dataclass
from urllib.parse import quote

from clients import renderer
from clients.renderer import Seen
from config import OUTPUT_ID
from services.renders.states import COMPLETED, FAILED

MAX_ERROR_CHARS = 500


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a render ends: `status` is completed, failed or expired; `external_job_id` the renderer's job that it is of.

    `note` is a sentence more for whoever looks at the render; `output_at` when the output appeared, where it is known.
    """

    status: str
    output_url: str | None = None
    error: str | None = None
    external_job_id: str | None = None
    note: str = ""
    output_at: float | None = None


def decide(seen: Seen, external_job_id: str, output_pattern: str | None) -> Outcome | None:
    """The end that the renderer tells of; none while it is at it, or does not say where its output is."""
    if seen.state == renderer.FAILED:
        error = f"The renderer failed: {seen.error}"
        return Outcome(FAILED, error=error[:MAX_ERROR_CHARS], external_job_id=external_job_id)
    if seen.state != renderer.DONE:
        return None
    url = seen.output_url or output_address(output_pattern, external_job_id)
    return Outcome(COMPLETED, output_url=url, external_job_id=external_job_id) if url else None


def output_address(pattern: str | None, external_job_id: str) -> str | None:
    """Where the output of a job appears, by `RENDER_OUTPUT_URL`."""
    return pattern.replace(OUTPUT_ID, quote(external_job_id, safe="")) if pattern else None
