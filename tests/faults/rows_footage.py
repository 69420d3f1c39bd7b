"""Footage on its way through the pipeline, whose worker's process is killed in every step."""

import time
from collections import Counter

from tests.faults.catalogue import row
from tests.faults.kit import Kit
from tests.faults.outcome import Outcome
from tests.made_media import spoken_video
from tests.stack import Stack
from tests.waiting import wait_until

STEPS = ("file_info", "thumbnails", "create_frames", "process_frames", "frame", "describe")
SAID = {"title": "Herons over the river at dawn", "description": "Two herons rise from the reeds in the morning mist."}
LONG_SECONDS = 120.0
MOVES = "SELECT frame_position, to_status FROM footage_event WHERE is_failure = false"
STARTED = "SELECT id FROM job WHERE type = :type AND status = 'started'"
AGAIN = "SELECT id FROM job_event WHERE job_id = :id AND attempt > :attempt AND to_status = 'started'"
# The moves of a record that is not scraped, with how it came in, and of each of its frames.
MOVES_OF_FOOTAGE, MOVES_OF_FRAME = 7, 6


@row("1f", "horse killed in each step of footage", bound_seconds=75)
def killed_in_each_step(kit: Kit) -> Outcome:
    clip = spoken_video(kit.folder / "herons.mp4", "the quick brown fox jumps over the lazy dog", seconds=4.0)
    with kit.stack(POLL_INTERVAL="1", POLL_DURATION="600") as stack:
        stack.client.post("/api/footage", json={"path": str(clip)} | SAID).raise_for_status()
        session = stack.client.post("/run/footage_autolog", json={"args": []}).raise_for_status().json()
        seconds = {step: _killed_in(stack, step) for step in STEPS}
        wait_until(lambda: _status(stack) == "7 - Complete", "the record is complete", within_seconds=LONG_SECONDS)
        moves = Counter(stack.rows(MOVES))
        frames = stack.rows("SELECT count(*) FROM frame WHERE status = '7 - Complete'")[0][0]
        stack.client.post(f"/api/jobs/{session['job_id']}/cancel", json={}).raise_for_status()
        stack.ended(session["job_id"])
    doubled = sum(moves.values()) - len(moves)
    lost = MOVES_OF_FOOTAGE + MOVES_OF_FRAME * frames - len(moves)
    worst = max(seconds, key=lambda step: seconds[step])
    return Outcome(len(STEPS), lost, doubled, seconds[worst], note=f"slowest after {worst}; {frames} frames")


def _killed_in(stack: Stack, step: str) -> float:
    """Kill whoever is at a step's job; the seconds until somebody is at it again, or it is over."""
    kind = f"footage_{step}"
    wait_until(lambda: stack.rows(STARTED, type=kind), f"somebody is at {step}", within_seconds=LONG_SECONDS)
    job_id, attempt = stack.rows("SELECT id, attempt FROM job WHERE type = :type ORDER BY id", type=kind)[0]
    killed = time.monotonic()
    for horse in stack.processes("horse"):
        horse.kill()
    wait_until(
        lambda: stack.rows(AGAIN, id=job_id, attempt=attempt),
        f"{step} is taken up again",
        within_seconds=LONG_SECONDS,
    )
    return time.monotonic() - killed


def _status(stack: Stack) -> str:
    return str(stack.rows("SELECT status FROM footage")[0][0])
