"""Write docs/lifecycle.md from the code: `python -m scripts.lifecycle`."""

from collections.abc import Iterator
from pathlib import Path

from config import DEFAULT_FOOTAGE_AT_ONCE
from services.footage import states
from services.footage.retrying import MAX_FAILURES
from services.footage.states import Moves
from services.footage.steps import STEPS, PipelineStep

TARGET = Path(__file__).resolve().parent.parent / "docs" / "lifecycle.md"

_INTRODUCTION = f"""\
# The life of footage

This page is made from the code (`python -m scripts.lifecycle`): the statuses from `services/footage/states.py`, the
steps from `services/footage/steps.py`. A test fails if it says anything else.

A record stands at a status until the step that takes it up there is done; the move, what the step has made, and a
line of the history are one transaction. What fails stays where it is and is taken up again later; after {MAX_FAILURES}
failures in a row at one status it is set aside as `{states.FAILED}`, and a person may have it taken up again where it
failed.

A frame never passes `{states.FRAME_AUDIO_TRANSCRIBED}` by itself: all frames of a record leave it together, once
none of them is unfinished. One that has failed for good does not hold the others back. How many jobs of a step there
are at once in the whole fleet is set by `FOOTAGE_AT_ONCE`.
"""


def page() -> str:
    """The whole page, in Markdown with Mermaid diagrams."""
    parts = [
        _INTRODUCTION,
        "## Steps\n\n" + _steps_table(),
        "## Statuses of footage\n\n" + _diagram(states.FOOTAGE) + "\n" + _moves_table(states.FOOTAGE),
        "## Statuses of frames\n\n" + _diagram(states.FRAME) + "\n" + _moves_table(states.FRAME),
    ]
    return "\n".join(parts)


def _steps_table() -> str:
    rows = ["| Step | Takes footage at | Takes frames at | At once | Its work |", "|---|---|---|---|---|"]
    return "\n".join([*rows, *map(_step_row, STEPS)]) + "\n"


def _step_row(step: PipelineStep) -> str:
    frames = _listed(step.frames_at) or "–"
    work = "<br>".join(f"`{path}`" for path in (step.of_footage, step.of_frame) if path)
    limit = f"{DEFAULT_FOOTAGE_AT_ONCE[step.name]} (`{step.name}`)"
    return f"| {step.number} {step.label} | {_listed(step.footage_at)} | {frames} | {limit} | {work} |"


def _listed(statuses: tuple[str, ...]) -> str:
    return "<br>".join(f"`{status}`" for status in statuses)


def _moves_table(moves: Moves) -> str:
    head = ["| Status | Leads to |", "|---|---|"]
    rows = [f"| `{status}` | {_listed(leads) or 'its end'} |" for status, leads in moves.items()]
    return "\n".join([*head, *rows]) + "\n"


def _diagram(moves: Moves) -> str:
    names = {status: f"s{n}" for n, status in enumerate(moves)}
    return "\n".join(["```mermaid", "stateDiagram-v2", *_diagram_lines(moves, names), "```"]) + "\n"


def _diagram_lines(moves: Moves, names: dict[str, str]) -> Iterator[str]:
    for status, name in names.items():
        yield f'    state "{status}" as {name}'
    yield f"    [*] --> {next(iter(names.values()))}"
    for status, leads in moves.items():
        for to_status in leads:
            yield f"    {names[status]} --> {names[to_status]}"
        if not leads:
            yield f"    {names[status]} --> [*]"


def main() -> None:
    TARGET.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
