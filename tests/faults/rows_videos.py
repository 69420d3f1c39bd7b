"""Videos whose worker, web process or queue dies: each is processed, once, at the next recovery at most."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import redis_urls
from tests.faults.catalogue import row
from tests.faults.kit import Kit
from tests.faults.outcome import Outcome
from tests.faults.rows_crash_points import lit
from tests.faults.videos import LONG_SECONDS, Videos
from tests.made_media import ffmpeg
from tests.waiting import wait_until

STEPS = ("checking", "storing", "picturing", "rendering")
CRASHES_UNTIL_QUARANTINE = 3
IN_LINE = 6
PICTURE = ("-f", "lavfi", "-i", "testsrc2=size=160x90:rate=10", "-t", "2", "-pix_fmt", "yuv420p")


@row("54", "a video's worker killed in each step, and three times in a row", bound_seconds=60)
def worker_killed(kit: Kit) -> Outcome:
    """Killed once, its run goes on by itself; set aside after three times, it is begun again by the next recovery."""
    with _videos(kit) as videos:
        seconds = [_killed_in(videos, step) for step in STEPS] + [_set_aside(videos)]
        begun = "SELECT target_id, max(attempt) FROM job WHERE type = 'process_video' GROUP BY target_id"
        attempts = dict(videos.stack.rows(begun))
        breaches = [f"nobody died at the video “{name}”" for name, video in videos.sent.items() if attempts[video] < 2]
        note = f"lease {videos.stack.settings.lease_seconds:g} s"
        return videos.outcome(seconds, breaches, note)


@row("54b", "web process dies when a video's upload is whole (U1) and when its run is promised (U2)", bound_seconds=30)
def web_killed(kit: Kit) -> Outcome:
    """Before the promise the next recovery makes it; after it nobody has to ask again."""
    with _videos(kit) as videos:
        for place in ("U1", "U2"):
            with lit(videos.stack, place):
                videos.send(place)
        died = time.monotonic()
        videos.await_ready("U2")
        seconds = [time.monotonic() - died]
        left = videos.status(videos.sent["U1"])
        seconds.append(_recovered(videos, "U1"))
        breaches = [f"U1 left the video {left!r}, not to be recovered"] * (left != "uploading")
        breaches += [f"{name} was answered" for name in ("U1", "U2") if name in videos.answered]
        return videos.outcome(seconds, breaches, "; ".join(f"{s:.1f} s" for s in seconds))


@row("54c", "FLUSHALL with videos in line and one at work", bound_seconds=60)
def queue_flushed(kit: Kit) -> Outcome:
    with _videos(kit) as videos:
        names = [f"in line {n}" for n in range(IN_LINE)]
        for name in names:
            videos.send(name)
        wait_until(lambda: videos.stack.rows("SELECT 1 FROM video WHERE status = 'processing'"), "one is at work")
        with redis_urls.client(videos.stack.settings.effective_redis_url) as client:
            client.flushall()
        flushed = time.monotonic()
        videos.await_ready(*names)
        return videos.outcome([time.monotonic() - flushed], [], "")


@contextmanager
def _videos(kit: Kit) -> Iterator[Videos]:
    clip = kit.folder / "clip.mp4"
    ffmpeg([*PICTURE, str(clip)])
    with kit.stack() as stack:
        yield Videos(stack, clip)


def _killed_in(videos: Videos, step: str) -> float:
    with videos.dying_in(step):
        videos.send(step)
    died = time.monotonic()
    videos.await_ready(step)
    return time.monotonic() - died


def _set_aside(videos: Videos) -> float:
    """Each attempt takes its worker along, until the engine gives the run up; the seconds of the recovery."""
    name = "set aside"
    for number in range(CRASHES_UNTIL_QUARANTINE):
        with videos.dying_in("checking"):
            if number == 0:
                videos.send(name)
    failed = "SELECT 1 FROM job WHERE type = 'process_video' AND target_id = :id AND status = 'failed'"
    video_id = videos.sent[name]
    wait_until(lambda: videos.stack.rows(failed, id=video_id), "its run is set aside", within_seconds=LONG_SECONDS)
    return _recovered(videos, name)


def _recovered(videos: Videos, name: str) -> float:
    """From the next recovery to the video's being ready."""
    videos.let_time_pass()
    begun = time.monotonic()
    videos.recover()
    videos.await_ready(name)
    return time.monotonic() - begun
