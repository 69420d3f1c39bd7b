"""Looking how far a render is: whether its output is there, and what the renderer says of it.

What is seen is believed, not what somebody says who calls us. Nothing here needs the database, but for `look`.
"""

from dataclasses import dataclass
from typing import Self

from clients import renderer
from clients.renderer import Renderer, Seen
from config import Settings
from errors import TransientError
from extensions import current_settings
from services.renders import finishing, outcomes, renderers, waiting
from services.renders.outputs import Output, examine

UNDER_WAY, ENDED, ENDED_ALREADY, NOT_ITS = "under way", "ended", "ended already", "not its"
NO_OUTPUT = "no output"
NO_ADDRESS = "The renderer is done, but does not say where its output is; name that with RENDER_OUTPUT_URL."


@dataclass(frozen=True, slots=True)
class Asked:
    """A render as it was asked for. What is seen of an earlier asking, with another token, is not of this one."""

    id: str
    token_hash: str


@dataclass(frozen=True, slots=True)
class Sight:
    """What the renderer says (None: it was not asked), and what was found of the output (None: nobody looked)."""

    seen: Seen | None = None
    output: Output | None = None

    @property
    def is_told_done(self) -> bool:
        return self.seen is not None and self.seen.state == renderer.DONE


@dataclass(frozen=True, slots=True)
class Eyes:
    """Whom to ask: the renderer, if there is one, and the storage where its outputs appear."""

    renderer: Renderer | None
    pattern: str | None

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(renderers.named(settings), settings.render_output_url)

    def output_first(self, render_id: str, external_job_id: str) -> Sight:
        """A look at a job that is known to be this render's. The renderer is asked only if the output is not there.

        :raise TransientError: if nobody answers who could tell of an end.
        """
        found, silent = self._output(None, external_job_id)
        if (found is not None and found.is_usable) or self.renderer is None:
            return _unless_silent(Sight(None, found), silent)
        seen = self.renderer.look(external_job_id)
        if not is_of(seen, render_id, is_known=True):
            seen = Seen(renderer.UNKNOWN)
        return self._after_its_word(seen, found, silent)

    def renderer_first(self, external_job_id: str) -> Sight:
        """A look at a job of which somebody says something; whose it is only the renderer knows.

        :raise TransientError: if it does not answer, or is done and the storage does not answer.
        """
        if self.renderer is None:
            raise renderers.none_is_set_up()
        seen = self.renderer.look(external_job_id)
        if seen.state != renderer.DONE:
            return Sight(seen)
        found, silent = self._output(seen, external_job_id)
        return _unless_silent(Sight(seen, found), silent)

    def _after_its_word(self, seen: Seen, found: Output | None, silent: TransientError | None) -> Sight:
        """The renderer's own address is looked at too, where it names another one."""
        is_elsewhere = seen.state == renderer.DONE and seen.output_url not in {None, found.url if found else None}
        if is_elsewhere and seen.output_url is not None:
            there = examine(seen.output_url)
            return _unless_silent(Sight(seen, there if there.is_usable or found is None else found), silent)
        return Sight(seen, found) if seen.state == renderer.FAILED else _unless_silent(Sight(seen, found), silent)

    def _output(self, seen: Seen | None, external_job_id: str) -> tuple[Output | None, TransientError | None]:
        """The first that is good of all addresses, or else what is wrong with the first; and who did not answer."""
        found: list[Output] = []
        silent: TransientError | None = None
        for url in outcomes.addresses(seen, external_job_id, self.pattern):
            try:
                found.append(examine(url))
            except TransientError as e:
                silent = e
        return next((each for each in found if each.is_usable), found[0] if found else None), silent


def _unless_silent(sight: Sight, silent: TransientError | None) -> Sight:
    if silent is not None and not (sight.output is not None and sight.output.is_usable):
        raise silent
    return sight


def is_of(seen: Seen, render_id: str, *, is_known: bool) -> bool:
    """Whether a job is this render's: it bears our order's id, or bears none and is the one that we know of."""
    if seen.state == renderer.UNKNOWN:
        return False
    return seen.order_id == render_id if seen.order_id is not None else is_known


@dataclass(frozen=True, slots=True)
class Looked:
    """What became of a look; `note` says what it is that it waits for."""

    came_to: str
    note: str = ""


def look(asked: Asked, external_job_id: str, found_by: str, *, is_known: bool) -> Looked:
    """Look at a job of the renderer's, and end the render if that is over.

    `is_known`: it is the job that the renderer named when it took this render in.

    :raise TransientError: if nobody answers. :raise Conflict: if there is no renderer any more.
    """
    sight = Eyes.of(current_settings()).renderer_first(external_job_id)
    if sight.seen is None or not is_of(sight.seen, asked.id, is_known=is_known):
        return Looked(NOT_ITS)
    outcome = outcomes.decide(sight.seen, sight.output, external_job_id)
    if outcome is not None:
        ended = finishing.finish(asked.id, found_by, outcome, token_hash=asked.token_hash)
        return Looked(ENDED if ended else ENDED_ALREADY)
    if not sight.is_told_done:
        return Looked(UNDER_WAY)
    waiting.note_done(asked.id, asked.token_hash)
    return Looked(NO_OUTPUT, what_is_missing(sight))


def what_is_missing(sight: Sight) -> str:
    """Why a render is not over of which the renderer says that it is done."""
    if sight.output is None or sight.output.problem is None:
        return NO_ADDRESS
    return f"The renderer says that it is done, but: {sight.output.problem}"
