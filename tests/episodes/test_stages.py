"""Which stages are left."""

import pytest

from services.episodes.stages import STAGES, has_reached, stage_that_counts, stages_left


@pytest.mark.parametrize(
    ("stage", "target", "left"),
    [
        ("discovered", "transcribed", ("transcribed",)),
        ("discovered", "rendered", ("transcribed", "enriched", "rendered")),
        ("transcribed", "rendered", ("enriched", "rendered")),
        ("enriched", "enriched", ()),
        ("rendered", "transcribed", ()),
    ],
)
def test_it_goes_from_where_the_episode_is_to_the_target(stage: str, target: str, left: tuple[str, ...]) -> None:
    assert stages_left(stage, target) == left


@pytest.mark.parametrize("stage", STAGES)
def test_it_has_reached_what_leaves_nothing_to_do(stage: str) -> None:
    for target in STAGES:
        assert has_reached(stage, target) == (stages_left(stage, target) == ())


@pytest.mark.parametrize(
    ("force", "made_by", "counts"),
    [
        (False, "another", "rendered"),
        (False, None, "rendered"),
        (True, None, "discovered"),
        (True, "another", "discovered"),
        (True, "this", "rendered"),  # by an earlier attempt of the same job, whose worker was lost
    ],
)
def test_it_starts_over_once_only(force: bool, made_by: str | None, counts: str) -> None:
    assert stage_that_counts("rendered", force=force, transcript_made_by=made_by, job_id="this") == counts
