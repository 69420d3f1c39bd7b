"""Long work on recordings, whose process is killed in the middle."""

import time
from typing import Any

import psutil

from tests.faults.catalogue import row
from tests.faults.kit import Kit
from tests.faults.outcome import Outcome
from tests.made_media import spoken_video
from tests.stack import Stack
from tests.waiting import wait_until

TALK = "A river begins as a small stream in the hills. Why is the sea so salty? The rain takes salt from the stones."
LONG_SECONDS = 300.0
# What was done before the kill; none of it may be made again.
KEPT = """
    SELECT 'transcript', created_at FROM transcript
    UNION ALL SELECT 'enrichment', created_at FROM enrichment
    UNION ALL SELECT file_key, created_at FROM rendition
"""


@row("1c", "worker and horse killed in the middle of rendering clips", bound_seconds=75)
def killed_in_mid_render(kit: Kit) -> Outcome:
    video = spoken_video(kit.folder / "rivers.mp4", TALK, size=(640, 360))
    with kit.stack(LEASE_SECONDS="45") as stack:
        _process(stack, str(video))
        answer = stack.client.post("/async/episodes/rivers/render_clips", json={}).raise_for_status().json()
        wait_until(
            lambda: _files(stack) and _renders(stack), "one file is made, and another under way", within_seconds=120
        )
        before = _kept(stack)
        killed = time.monotonic()
        for process in (*stack.processes("worker"), *stack.processes("horse")):
            process.kill()
        wait_until(lambda: not _renders(stack), "ffmpeg has died with its worker", within_seconds=10)
        wait_until(lambda: _renders(stack), "rendering goes on", within_seconds=120)
        seconds = time.monotonic() - killed
        parent = stack.ended(answer["job_id"], within_seconds=LONG_SECONDS)
        after = _kept(stack)
        files = stack.rows("SELECT count(*) FROM job WHERE parent_id = :id", id=answer["job_id"])[0][0]
    again = [name for name, made_at in before.items() if after.get(name) != made_at]
    breaches = [f"{name} was made again" for name in again]
    breaches += [f"the job ended as {parent['status']}"] * (parent["status"] != "finished")
    made = sum(name.startswith("episodes/") for name in after)
    return Outcome(files, files - made, len(again), seconds, tuple(breaches), f"{len(before)} things were done before")


def _process(stack: Stack, path: str) -> None:
    stack.client.post("/api/episodes", json={"path": path, "title": "Rivers"}).raise_for_status()
    answer = stack.client.post("/async/episodes/rivers/process", json={}).raise_for_status().json()
    ended = stack.ended(answer["job_id"], within_seconds=LONG_SECONDS)
    assert ended["status"] == "finished", ended


def _files(stack: Stack) -> int:
    return int(stack.rows("SELECT count(*) FROM rendition")[0][0])


def _kept(stack: Stack) -> dict[str, Any]:
    return dict(stack.rows(KEPT))


def _renders(stack: Stack) -> list[psutil.Process]:
    """The ffmpegs that work for this Backbeat."""
    folder = str(stack.settings.data_dir)
    return [process for process in psutil.process_iter(["cmdline"]) if _is_render(process, folder)]


def _is_render(process: psutil.Process, folder: str) -> bool:
    words = process.info["cmdline"] or []
    return bool(words) and "ffmpeg" in words[0] and any(folder in word for word in words)
