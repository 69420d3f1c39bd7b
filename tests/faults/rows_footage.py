"""Footage on its way through the pipeline, whose worker's process is killed in a step: a row for each."""

import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tests.faults.catalogue import row
from tests.faults.kit import Kit
from tests.faults.outcome import Outcome
from tests.made_media import spoken_video
from tests.servers.pages import PageServer
from tests.stack import Stack
from tests.waiting import wait_until

SAID = {"title": "Herons over the river at dawn", "description": "Two herons rise from the reeds in the morning mist."}
PAGE = "<html><head><title>Herons over the river at dawn</title></head><body>Two herons in the mist.</body></html>"
RECORDS = 3  # a step may be over before its process is dead; then it is another's turn
LONG_SECONDS = 180.0
MOVES = "SELECT footage_id, frame_position, to_status FROM footage_event WHERE is_failure = false"
STARTED = "SELECT id, attempt FROM job WHERE type = :type AND status = 'started'"
AGAIN = "SELECT id FROM job_event WHERE job_id = :id AND attempt > :attempt AND to_status = 'started'"
ENDED = "SELECT id FROM job WHERE id = :id AND status IN ('finished', 'failed')"
# The moves of a record that names a page, with how it came in, and of each of its frames.
MOVES_OF_FOOTAGE, MOVES_OF_FRAME = 8, 6


def killed_in(step: str, kit: Kit) -> Outcome:
    """Kill whoever is at a job of that step, and count the moves of all records once these are complete."""
    with PageServer() as site, kit.stack(**_settings()) as stack:
        for clip in _clips(kit.folder):
            said = SAID | {"path": str(clip), "source_url": site.put(f"/{clip.stem}", PAGE)}
            stack.client.post("/api/footage", json=said).raise_for_status()
        session = stack.client.post("/run/footage_autolog", json={"args": []}).raise_for_status().json()
        seconds = _killed_once(stack, f"footage_{step}")
        wait_until(lambda: _statuses(stack) == {"7 - Complete"}, "all are complete", within_seconds=LONG_SECONDS)
        moves = Counter(stack.rows(MOVES))
        frames = stack.rows("SELECT count(*) FROM frame WHERE status = '7 - Complete'")[0][0]
        stack.client.post(f"/api/jobs/{session['job_id']}/cancel", json={}).raise_for_status()
        stack.ended(session["job_id"])
    doubled = sum(moves.values()) - len(moves)
    lost = MOVES_OF_FOOTAGE * RECORDS + MOVES_OF_FRAME * frames - len(moves)
    return Outcome(RECORDS, lost, doubled, seconds, note=f"{frames} frames")


def _settings() -> dict[str, str]:
    return {"POLL_INTERVAL": "1", "POLL_DURATION": "600", "WEBHOOK_ALLOW_PRIVATE": "true"}


def _clips(folder: Path) -> Iterator[Path]:
    for number in range(RECORDS):
        yield spoken_video(folder / f"herons-{number}.mp4", f"the quick brown fox jumps over {number} lazy dogs")


def _killed_once(stack: Stack, kind: str) -> float:
    """The seconds from the kill until somebody was at the job again."""
    seen: set[str] = set()
    for _ in range(RECORDS):
        job_id, attempt = _one_at_work(stack, kind, seen)
        began = time.monotonic()
        for horse in stack.processes("horse"):
            horse.kill()
        if _is_taken_up_again(stack, job_id, attempt):
            return time.monotonic() - began
        seen.add(job_id)
    raise AssertionError(f"Every job of {kind} was over before its process was dead.")


def _is_taken_up_again(stack: Stack, job_id: str, attempt: int) -> bool:
    """Wait for it; false if the job was over in the attempt that was to be killed."""

    def again() -> bool:
        return bool(stack.rows(AGAIN, id=job_id, attempt=attempt))

    wait_until(
        lambda: again() or stack.rows(ENDED, id=job_id), f"{job_id} is taken up again", within_seconds=LONG_SECONDS
    )
    return again()


def _one_at_work(stack: Stack, kind: str, seen: set[str]) -> tuple[str, int]:
    found: list[tuple[str, int]] = []

    def look() -> bool:
        found[:] = [(job_id, attempt) for job_id, attempt in stack.rows(STARTED, type=kind) if job_id not in seen]
        return bool(found)

    wait_until(look, f"somebody is at {kind}", within_seconds=LONG_SECONDS)
    return found[0]


def _statuses(stack: Stack) -> set[str]:
    return {str(status) for (status,) in stack.rows("SELECT DISTINCT status FROM footage")}


for _number, _step in (
    ("45", "file_info"),
    ("46", "thumbnails"),
    ("47", "create_frames"),
    ("48", "scrape_url"),
    ("49", "process_frames"),
    ("49b", "frame"),
    ("50", "describe"),
):
    row(_number, f"footage: horse killed in the step {_step}", bound_seconds=75)(partial(killed_in, _step))
