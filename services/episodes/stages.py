"""How far an episode has come, and what is left to do. Pure: values in, values out."""

DISCOVERED, TRANSCRIBED, ENRICHED, RENDERED = "discovered", "transcribed", "enriched", "rendered"
STAGES = (DISCOVERED, TRANSCRIBED, ENRICHED, RENDERED)
TARGETS = STAGES[1:]

# The step of a job that leads to each stage.
STEP_TO = {TRANSCRIBED: "transcribing", ENRICHED: "enriching", RENDERED: "rendering"}


def has_reached(stage: str, target: str) -> bool:
    return STAGES.index(stage) >= STAGES.index(target)


def stages_left(stage: str, target: str) -> tuple[str, ...]:
    """The stages that an episode at `stage` has yet to come to, in order; none where it is at `target` or further."""
    return STAGES[STAGES.index(stage) + 1 : STAGES.index(target) + 1]


def stage_that_counts(stage: str, *, force: bool, transcript_made_at: float | None, began_at: float) -> str:
    """Where a job begins whose first attempt began at `began_at`.

    One that starts over takes for done only what was done since then: its own earlier attempt did it, whose worker was
    lost. What was made while it waited for another job does not count. The first stage of each such run makes a new
    transcript, and sets the episode back to it.
    """
    if not force or (transcript_made_at is not None and transcript_made_at >= began_at):
        return stage
    return DISCOVERED
