"""Estimates: honest, or none."""

from collections.abc import Callable
from functools import reduce
from statistics import fmean, pvariance

import pytest

from models import Job
from services.jobs import eta, publish
from services.jobs.documents import eta_fields
from services.jobs.eta import Remaining, Usual
from services.jobs.registry import Step
from services.jobs.submit import submit
from services.jobs.timings import TimingBook

STEPS = (Step("load", "Loading", 20), Step("work", "Working", 80), Step("complete", "Complete", 0))
USUAL = {"load": Usual(5.0, 0.0, 1000), "work": Usual(40.0, 0.0, 1000)}


def _remaining(step: str, usual: dict[str, Usual], *, elapsed: float, current: int | None = None) -> float | None:
    left = eta.remaining(
        STEPS, step, usual, elapsed_in_step_seconds=elapsed, current=current, total=None if current is None else 100
    )
    return None if left is None else left.seconds


@pytest.mark.parametrize(
    ("step", "usual", "elapsed", "current", "expected"),
    [
        ("load", USUAL, 1.0, None, 44.0),  # by history: the rest of this step, and the next
        ("work", USUAL, 10.0, None, 30.0),
        ("work", USUAL, 60.0, None, 0.0),  # longer than usual is no negative time
        ("work", USUAL, 10.0, 25, 30.0),  # by its own pace, whatever history says
        ("work", {}, 10.0, 25, 30.0),
        ("work", {}, 0.5, 25, None),  # too early for a pace
        ("work", {}, 10.0, 1, None),  # too few items for a pace
        ("work", {}, 10.0, None, None),
        ("load", {"load": USUAL["load"]}, 1.0, None, None),  # what comes after is not known
        ("unheard_of", USUAL, 1.0, None, None),
    ],
)
def test_it_estimates_by_pace_then_by_history_then_not(
    step: str, usual: dict[str, Usual], elapsed: float, current: int | None, expected: float | None
) -> None:
    assert _remaining(step, usual, elapsed=elapsed, current=current) == expected


@pytest.mark.parametrize(
    ("done", "left", "low", "high"),
    [
        (1, 1, 0.0, 2.4),  # one item says next to nothing
        (100, 100, 85.9, 114.1),
        (10_000, 10_000, 9_858.6, 10_141.4),  # many say much
        (100, 0, 0.0, 0.0),
    ],
)
def test_a_pace_is_the_surer_the_more_items_were_seen(done: int, left: int, low: float, high: float) -> None:
    there = eta.by_pace(float(done), done, left)
    assert (there.low_seconds, there.high_seconds) == pytest.approx((low, high), abs=0.05)


@pytest.mark.parametrize(
    ("usual", "elapsed", "low", "high"),
    [
        (Usual(40.0, 0.0, 10_000), 10.0, 29.6, 30.4),  # always the same
        (Usual(40.0, 100.0, 10_000), 10.0, 20.0, 40.0),  # give or take 10 s
        (Usual(40.0, 0.0, 1), 0.0, 11.7, 68.3),  # once is no habit
        (Usual(40.0, 100.0, 10_000), 35.0, 0.0, 15.0),
        (Usual(40.0, 100.0, 10_000), 45.0, 0.0, 5.0),  # late, but not unheard of
        (Usual(40.0, 100.0, 10_000), 100.0, 0.0, 60.0),  # so late that it may be as late again
    ],
)
def test_a_history_is_the_surer_the_less_it_scatters(usual: Usual, elapsed: float, low: float, high: float) -> None:
    there = eta.by_history(usual, elapsed)
    assert (there.low_seconds, there.high_seconds) == pytest.approx((low, high), abs=0.1)


def test_errors_of_parts_add_up_as_squares() -> None:
    assert Remaining(10.0, 3.0) + Remaining(20.0, 4.0) == Remaining(30.0, 5.0)


@pytest.mark.parametrize("samples", [[5.0], [5.0, 15.0], [1.0, 2.0, 3.0, 4.0, 10.0]])
def test_the_first_samples_have_their_plain_mean_and_variance(samples: list[float]) -> None:
    usual = reduce(eta.with_sample, samples[1:], eta.with_sample(None, samples[0]))
    assert usual.samples == len(samples)
    assert usual.mean_seconds == pytest.approx(fmean(samples))
    assert usual.variance == pytest.approx(pvariance(samples))


@pytest.mark.parametrize("left", [None, Remaining(0.0, 0.0), Remaining(10.0, 2.5), Remaining(1.0, 2.5)])
def test_a_range_is_told_around_the_estimate_or_not_at_all(left: Remaining | None) -> None:
    told = eta_fields(left)
    if left is None:
        assert set(told.values()) == {None}
    else:
        low, likely, high = (told[f"eta_{name}seconds"] or 0.0 for name in ("low_", "", "high_"))
        assert 0.0 <= low <= likely <= high


def test_it_learns_how_far_durations_scatter(app: object) -> None:
    for durations in ([1.0, 3.0], [5.0]):
        book = TimingBook()
        for seconds in durations:
            book.note("count", "counting", 0, seconds)
        book.save()
    usual = TimingBook().usual("count", 0)["counting"]
    assert usual.samples == 3
    assert (usual.mean_seconds, usual.variance) == pytest.approx((3.0, pvariance([1.0, 3.0, 5.0])))


def test_it_does_not_jump() -> None:
    smoother = eta.Smoother()
    assert smoother.smooth(Remaining(100.0, 5.0), now=0.0) == Remaining(100.0, 5.0)
    after = smoother.smooth(Remaining(200.0, 5.0), now=1.0)
    assert after is not None
    assert 99 < after.seconds < 150


def test_jobs_of_like_size_share_a_history() -> None:
    assert [eta.size_class(size) for size in (0, 1, 2, 3, 4, 1000, 1024)] == [0, 0, 1, 1, 2, 9, 10]


def test_its_mean_follows_change() -> None:
    usual = Usual(10.0, 0.0, 1)
    for _ in range(60):
        usual = eta.with_sample(usual, 20.0)
    assert usual.mean_seconds == pytest.approx(20.0, abs=0.1)


@pytest.mark.parametrize(
    ("done", "elapsed", "expected"), [(0, 60.0, None), (2, 60.0, None), (10, 1.0, None), (10, 60.0, 540.0)]
)
def test_a_parents_estimate_is_its_childrens_pace(done: int, elapsed: float, expected: float | None) -> None:
    parent = Job(id="P", type="analyze_playlist", status="started", children_total=100, started_at=1000.0, progress=0.0)
    live = publish.parent_state(parent, {"finished": done}, [], news_at=1000.0 + elapsed)
    assert (live.eta and live.eta.seconds) == expected


def test_a_job_in_line_knows_its_place(app: object, told: Callable[[str], dict[str, object]]) -> None:
    first, second = submit("count").job_id, submit("count").job_id
    urgent = submit("count", queue="high").job_id
    assert [told(job_id)["queue_position"] for job_id in (urgent, first, second)] == [1, 2, 3]
