"""A worker dies when a job's files are kept and its end is not: none is left without its row, and none is missing."""

import time
from collections import Counter
from collections.abc import Mapping

import crashpoints
from clients.storage import Storage
from services.episodes import files
from tests.faults.catalogue import row
from tests.faults.kit import Kit
from tests.faults.outcome import Outcome
from tests.faults.rows_crash_points import lit
from tests.made_media import spoken_video
from tests.stack import Stack
from tests.waiting import wait_until

TALK = "A river begins as a small stream in the hills. Why is the sea so salty? The rain takes salt from the stones."
LONG_SECONDS = 180.0
# What the database says that there is; the words of a transcript are files too.
KNOWN = """
    SELECT file_key FROM rendition
    UNION ALL SELECT poster_key FROM rendition
    UNION ALL SELECT media_key FROM episode
    UNION ALL SELECT web_key FROM episode
    UNION ALL SELECT poster_key FROM episode
"""
WORDS = (files.CAPTIONS, files.SUBTITLES, files.TRANSCRIPT)
KINDS = ("take_in_episode", "process_episode", "render_clip")
DIED = "SELECT count(*) FROM job WHERE type = :type AND attempt > 1"
ENDS = "SELECT job_id FROM job_event JOIN job ON job.id = job_id WHERE job.type = :type AND to_status = 'finished'"


@row("44", "worker dies at C4 with a recording, or a clip, kept and its row not committed", bound_seconds=60)
def files_without_rows(kit: Kit) -> Outcome:
    """At the end of taking a file in, of processing it, and of the first file of a clip."""
    video = spoken_video(kit.folder / "rivers.mp4", TALK)
    with kit.stack(LEASE_SECONDS="45") as stack:
        adding = {"path": str(video), "title": "Rivers"}
        seconds = [
            _died_in(stack, "/api/episodes", adding),
            _died_in(stack, "/async/episodes/rivers/process", {}),
            _died_in(stack, "/async/episodes/rivers/render_clips", {"aspect_ratios": ["9x16", "1x1"]}),
        ]
        breaches = [f"nobody died in {kind}" for kind in KINDS if not _died(stack, kind)]
        known, kept = _known(stack), set(Storage.of(stack.settings).list("episodes/"))
        breaches += [f"{key} is kept and has no row" for key in sorted(kept - known.keys())]
        missing = known.keys() - kept
        ends = Counter(job for kind in KINDS for (job,) in stack.rows(ENDS, type=kind))
    doubled = known.total() - len(known) + ends.total() - len(ends)
    note = f"{len(kept)} files"
    return Outcome(len(known), len(missing) + int(not known), doubled, max(seconds), tuple(breaches), note)


def _died_in(stack: Stack, path: str, body: Mapping[str, object]) -> float:
    """The seconds from the death to the end of all."""
    with lit(stack, "C4"):
        answer = stack.client.post(path, json=body).raise_for_status().json()
        _await_death(stack)
    died = time.monotonic()
    ended = stack.ended(answer["job_id"], within_seconds=LONG_SECONDS)
    assert ended["status"] == "finished", ended
    return time.monotonic() - died


def _await_death(stack: Stack) -> None:
    """Listening and rendering take longer than `lit` waits on a busy machine."""
    fuse = crashpoints.fuse(stack.settings.data_dir, "C4")
    wait_until(lambda: not fuse.exists(), "somebody dies", within_seconds=LONG_SECONDS)


def _died(stack: Stack, kind: str) -> bool:
    return bool(stack.rows(DIED, type=kind)[0][0])


def _known(stack: Stack) -> Counter[str]:
    """The keys of files that the database tells of."""
    words = [
        files.key_of(episode, name) for (episode,) in stack.rows("SELECT episode_id FROM transcript") for name in WORDS
    ]
    return Counter([*(key for (key,) in stack.rows(KNOWN) if key), *words])
