"""Counters that are kept come out as Prometheus wants them."""

from services.metrics.series import Recorded, observation


def test_a_class_of_a_histogram_holds_all_that_took_no_longer() -> None:
    amounts: dict[tuple[str, ...], float] = {}
    for seconds in (0.01, 0.2, 0.2, 9999.0, -1.0):  # clocks that differ may make a wait negative
        for series, amount in observation("step_seconds", ("analyze",), seconds).items():
            amounts[series] = amounts.get(series, 0.0) + amount
    family = Recorded(amounts).histogram("step_seconds", "Help.", ("step",), known=())
    found = {(sample.name, sample.labels.get("le")): sample.value for sample in family.samples}
    expected = {"0.05": 2, "0.1": 2, "0.25": 4, "3600.0": 4, "+Inf": 5}
    assert {le: found["backbeat_step_seconds_bucket", le] for le in expected} == expected
    assert found["backbeat_step_seconds_count", None] == 5
    assert found["backbeat_step_seconds_sum", None] == 0.01 + 0.2 + 0.2 + 9999.0


def test_what_is_known_is_there_before_anything_has_happened() -> None:
    nothing = Recorded({("jobs", "low"): 2.0})
    counter = nothing.counter("jobs", "Help.", ("queue",), known=[("high",), ("low",)])
    assert [(sample.labels["queue"], sample.value) for sample in counter.samples] == [("high", 0.0), ("low", 2.0)]
    histogram = nothing.histogram("wait", "Help.", ("queue",), known=[("high",)])
    assert {sample.value for sample in histogram.samples} == {0.0}
