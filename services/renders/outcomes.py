"""What became of a render, as far as can be seen. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from clients import renderer
from clients.renderer import Seen
from config import OUTPUT_ID
from services.renders.outputs import Output
from services.renders.states import COMPLETED, FAILED

MAX_ERROR_CHARS = 500


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a render ends: `status` is completed, failed or expired; `external_job_id` the renderer's job that it is of.

    `note` is a sentence more for whoever looks at the render; `output_at` when the output appeared, and `output_bytes`
    how large it is, where these are known.
    """

    status: str
    output_url: str | None = None
    error: str | None = None
    external_job_id: str | None = None
    note: str = ""
    output_at: float | None = None
    output_bytes: int | None = None


def completed(output: Output, external_job_id: str) -> Outcome:
    """It is made: its output was seen, and is good."""
    return Outcome(
        COMPLETED,
        output_url=output.url,
        external_job_id=external_job_id,
        output_at=output.appeared_at,
        output_bytes=output.size_bytes,
    )


def failed(reason: str | None, external_job_id: str) -> Outcome:
    return Outcome(FAILED, error=(reason or "")[:MAX_ERROR_CHARS], external_job_id=external_job_id)


def decide(seen: Seen | None, output: Output | None, external_job_id: str) -> Outcome | None:
    """The end that was seen: an output that is there, or that the renderer says that it failed; None without one.

    `seen` is what the renderer says, None where it was not asked; `output` what was found, None where nobody looked.
    """
    if output is not None and output.is_usable:
        return completed(output, external_job_id)
    if seen is not None and seen.state == renderer.FAILED:
        return failed(f"The renderer failed: {seen.error}", external_job_id)
    return None


def addresses(seen: Seen | None, external_job_id: str, pattern: str | None) -> Sequence[str]:
    """Where the output may be: where whoever runs Backbeat says, and then where the renderer itself says."""
    named = [output_address(pattern, external_job_id), seen.output_url if seen else None]
    return list(dict.fromkeys(url for url in named if url))


def output_address(pattern: str | None, external_job_id: str) -> str | None:
    """Where the output of a job appears, by `RENDER_OUTPUT_URL`."""
    return pattern.replace(OUTPUT_ID, quote(external_job_id, safe="")) if pattern else None
