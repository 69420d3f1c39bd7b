"""What a queue raises is passed over, but not as fast as the processor can."""

import time

import pytest
from rq import Queue
from rq.exceptions import DequeueTimeout

from workers.worker import BAD_RING_PAUSE_SECONDS, RingQueue


def test_it_pauses_before_it_looks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    raised = iter((ValueError("no ring"), ValueError("no ring"), DequeueTimeout))
    pauses: list[float] = []

    def fails(*_: object, **__: object) -> None:
        raise next(raised)

    monkeypatch.setattr(Queue, "dequeue_any", fails)
    monkeypatch.setattr(time, "sleep", pauses.append)
    with pytest.raises(DequeueTimeout):
        RingQueue.dequeue_any([], None)
    assert pauses == [BAD_RING_PAUSE_SECONDS] * 2
