"""A limit within the one that the process' alarm clock keeps."""

import signal
from collections.abc import Iterator
from dataclasses import replace

import pytest

from services.jobs import registry
from services.jobs.registry import JobType
from services.jobs.runner import Runner
from services.jobs.submit import ring_timeout_seconds, submit
from services.jobs.time_limits import time_limit
from services.jobs.work import Outcome, Work
from tests.engine.conftest import SetScript


@pytest.fixture(autouse=True)
def _alarm_as_before() -> Iterator[None]:
    left_seconds, _ = signal.setitimer(signal.ITIMER_REAL, 0)
    yield
    signal.setitimer(signal.ITIMER_REAL, left_seconds)


@pytest.fixture
def short_scripted(monkeypatch: pytest.MonkeyPatch) -> JobType:
    kind = replace(registry.JOB_TYPES["scripted"], short=True)
    monkeypatch.setitem(registry.JOB_TYPES, "scripted", kind)
    return kind


def _left_seconds() -> float:
    return signal.getitimer(signal.ITIMER_REAL)[0]


def test_a_shorter_one_holds_and_then_the_longer_one_again() -> None:
    signal.setitimer(signal.ITIMER_REAL, 3000)
    with time_limit(1000):
        assert 0 < _left_seconds() <= 1000
    assert 1000 < _left_seconds() <= 3000


def test_a_longer_one_changes_nothing() -> None:
    signal.setitimer(signal.ITIMER_REAL, 1000)
    with time_limit(3000):
        assert 0 < _left_seconds() <= 1000


def test_outside_a_ring_there_is_none() -> None:
    with time_limit(1000):
        assert _left_seconds() == 0


def test_the_longer_one_goes_on_though_the_shorter_was_reached() -> None:
    class Reached(Exception):
        pass

    def reached(*_: object) -> None:
        raise Reached

    before = signal.signal(signal.SIGALRM, reached)
    signal.setitimer(signal.ITIMER_REAL, 3000)
    try:
        with pytest.raises(Reached), time_limit(0.01):
            signal.pause()
        assert 0 < _left_seconds() < 3000
    finally:
        signal.signal(signal.SIGALRM, before)


def test_each_further_job_of_a_ring_has_its_own(runner: Runner, script: SetScript, short_scripted: JobType) -> None:
    left = []

    def look(_work: Work) -> Outcome:
        left.append(_left_seconds())
        return Outcome()

    script(look)
    first, _ = (submit("scripted").job_id for _ in range(2))
    signal.setitimer(signal.ITIMER_REAL, 3000)
    runner.deliver(first, 1)
    most_seconds = ring_timeout_seconds(short_scripted)
    assert left[0] > most_seconds >= left[1] > 0
    assert _left_seconds() > most_seconds
