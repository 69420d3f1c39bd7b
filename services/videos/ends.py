"""What becomes of a video when a run of it ends. Pure: facts in, a verdict out."""

from dataclasses import dataclass

from services.jobs import states as job_states
from services.videos import states

MAX_FAILURES = 5  # runs in a row, each of which the engine has tried again itself
FIRST_DELAY_SECONDS, DELAY_GROWS_BY, MAX_DELAY_SECONDS = 300.0, 3, 6 * 3600.0

INCOMPLETE, WRONG_CHECKSUM, FILE_GONE, STOPPED = "upload_incomplete", "wrong_checksum", "file_gone", "stopped"
GIVEN_UP = "upload_given_up"  # no run finds this: the upload's end says it
STOPPED_TEXT = "Its processing was stopped by a person: process it again, or delete it."
# No later run would find anything else, or in less time: of `services/media/probe`, of ffmpeg, the engine, our own.
FINAL_CODES = frozenset(
    {
        "empty_file",
        "not_a_video",
        "zero_length",
        "truncated",
        "media_failed",
        "time_limit",
        "quarantined",
        INCOMPLETE,
        WRONG_CHECKSUM,
        FILE_GONE,
    }
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where the video stands now; `delay_seconds` is how long no run is made by itself, None where none is."""

    status: str
    failures: int = 0
    delay_seconds: float | None = None
    problem: str | None = None
    problem_text: str | None = None


def verdict(job_status: str, code: str, sentence: str, *, failures_before: int, is_upload_whole: bool) -> Verdict:
    """`code` and `sentence` are the job's error. `is_upload_whole` as the upload's row says at this moment."""
    if job_status == job_states.FINISHED:
        return Verdict(states.READY)
    if job_status == job_states.CANCELED:
        return Verdict(states.FAILED, failures_before, None, STOPPED, STOPPED_TEXT)
    if code == INCOMPLETE and is_upload_whole:  # its last piece came while the run was ending
        return Verdict(states.PENDING, failures_before, 0.0)
    failures = failures_before + 1
    if code in FINAL_CODES or failures >= MAX_FAILURES:
        return Verdict(states.FAILED, failures, None, code, sentence)
    return Verdict(states.PENDING, failures, delay_seconds(failures), code, sentence)


def delay_seconds(failures: int) -> float:
    """How long a video is left alone after so many failures in a row: 5, 15, 45, 135 minutes, at most 6 hours."""
    return float(min(MAX_DELAY_SECONDS, FIRST_DELAY_SECONDS * DELAY_GROWS_BY ** (failures - 1)))
