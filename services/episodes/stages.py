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


def stage_that_counts(stage: str, *, force: bool, transcript_made_by: str | None, job_id: str) -> str:
    """Where a job begins.

    One that starts over takes for done only what its own earlier attempt did, whose worker was lost; not what was made
    by another job, though that be newer. The first stage of each such run makes a new transcript, and sets the episode
    back to it.
    """
    return stage if not force or transcript_made_by == job_id else DISCOVERED
