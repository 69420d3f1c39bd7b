"""Three soaks are told of as one."""

from tests.faults.outcome import Outcome
from tests.faults.rows_soak import together


def test_it_adds_up_what_went_wrong_and_keeps_the_slowest_recovery() -> None:
    outcomes = [Outcome(10, 1, 0, 3.0, ("a",), "seed 1"), Outcome(10, 0, 2, 5.0, ("b",), "seed 2")]
    assert together(outcomes) == Outcome(20, 1, 2, 5.0, ("a", "b"), "seed 1; seed 2")


def test_it_has_recovered_only_if_all_have() -> None:
    assert together([Outcome(1, recovery_seconds=1.0), Outcome(1)]).recovery_seconds is None
