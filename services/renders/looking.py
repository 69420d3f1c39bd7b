"""Asking the renderer how far something is, and ending the render if that is over: what it says is believed, not what
somebody who calls us says."""

from dataclasses import dataclass

from clients import renderer
from clients.renderer import Seen
from extensions import current_settings
from services.renders import finishing, outcomes, renderers

UNDER_WAY, ENDED, ENDED_ALREADY, NOT_ITS = "under way", "ended", "ended already", "not its"
NO_OUTPUT = "no output"
NO_OUTPUT_NOTE = "The renderer is done, but does not say where its output is; name that with RENDER_OUTPUT_URL."


@dataclass(frozen=True, slots=True)
class Looked:
    """What became of a look; `seen` is what the renderer said."""

    came_to: str
    seen: Seen


def look(render_id: str, external_job_id: str, found_by: str, *, is_known: bool) -> Looked:
    """Look at a job of the renderer's; `is_known`: it is the one that the renderer named when it took this render in.

    :raise TransientError: if the renderer does not answer. :raise Conflict: if there is none any more.
    """
    seen = renderers.current().look(external_job_id)
    if not is_of(seen, render_id, is_known=is_known):
        return Looked(NOT_ITS, seen)
    outcome = outcomes.decide(seen, external_job_id, current_settings().render_output_url)
    if outcome is None:
        return Looked(NO_OUTPUT if seen.state == renderer.DONE else UNDER_WAY, seen)
    return Looked(ENDED if finishing.finish(render_id, found_by, outcome) else ENDED_ALREADY, seen)


def is_of(seen: Seen, render_id: str, *, is_known: bool) -> bool:
    """Whether a job is this render's: it bears our order's id, or bears none and is the one that we know of."""
    if seen.state == renderer.UNKNOWN:
        return False
    return seen.order_id == render_id if seen.order_id is not None else is_known
