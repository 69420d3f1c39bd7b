"""Somebody who follows a job to its end, as a browser does, and notes whether its bar ever goes back."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from tests.faults.invariants import falls
from tests.stack import Stack

LOOK_EVERY_SECONDS = 0.1


@contextmanager
def following(stack: Stack, *job_ids: str) -> Iterator[list[str]]:
    """Read these jobs' documents while the block runs; the list holds what fell, in words, at its end."""
    over, told = threading.Event(), {job_id: list[dict[str, Any]]() for job_id in job_ids}
    reader = threading.Thread(target=_read_until, args=(stack.url, over, told))
    fell: list[str] = []
    reader.start()
    try:
        yield fell
    finally:
        over.set()
        reader.join()
        fell += [f"{sentence} (job {job_id})" for job_id, documents in told.items() for sentence in falls(documents)]
        fell += [f"job {job_id} was never told of" for job_id, documents in told.items() if not documents]


def _read_until(url: str, over: threading.Event, told: dict[str, list[dict[str, Any]]]) -> None:
    with httpx.Client(base_url=url, timeout=20) as client:
        while not over.wait(LOOK_EVERY_SECONDS):
            for job_id, documents in told.items():
                answer = client.get(f"/api/progress/{job_id}")
                if answer.status_code == 200:
                    documents.append(answer.json())
