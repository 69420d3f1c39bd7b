"""What people read for the machine's words about videos and renders, as in `blueprints/labels.py`."""

from collections.abc import Mapping
from pathlib import PurePosixPath

from flask.sansio.app import App

from blueprints.episode_labels import size
from blueprints.labels import Label, duration
from clients.renderer import ADD_MUSIC, COMBINE, CONCATENATE
from models import Video
from services.renders import states as render_states
from services.videos import ends, recovery_report, states, stuck

STATUS: Mapping[str, Label] = {
    states.UPLOADING: Label("Uploading", "cloud-arrow-up", "live", "Its file is on its way."),
    states.PENDING: Label("Pending", "hourglass-split", "still", "Its file is here, and waits to be processed."),
    states.PROCESSING: Label("Processing", "activity", "live", "It is checked and made ready for the web."),
    states.READY: Label("Ready", "check-circle-fill", "good", "It plays in every browser."),
    states.FAILED: Label("Failed", "x-circle-fill", "hot", "Nothing goes on before a person acts."),
}

SEGMENT_STATUS: Mapping[str, Label] = {
    render_states.PENDING: Label("Pending", "hourglass-split", "still"),
    render_states.PROCESSING: Label("Processing", "activity", "live"),
    render_states.COMBINED: Label("Combined", "check-circle-fill", "good"),
    render_states.FAILED: Label("Failed", "x-circle-fill", "hot"),
}

RENDER_STATUS: Mapping[str, Label] = {
    render_states.PROCESSING: Label("Processing", "activity", "live", "The renderer was asked, or is about to be."),
    render_states.COMPLETED: Label("Completed", "check-circle-fill", "good"),
    render_states.FAILED: Label("Failed", "x-circle-fill", "hot"),
    render_states.EXPIRED: Label(
        "Expired", "stopwatch", "warm", "It was waited for too long. Its output is taken still if it appears."
    ),
}

OPERATION: Mapping[str, str] = {
    COMBINE: "Combine a segment",
    CONCATENATE: "Put a video together",
    ADD_MUSIC: "Add music",
}

# What a run of the recovery did about a video.
RECOVERY: Mapping[str, Label] = {
    recovery_report.TRIGGERED: Label("Started again", "play-fill", "good"),
    recovery_report.SKIPPED: Label("Left alone", "dash-circle", "still"),
    recovery_report.FAILED: Label("Could not be started", "x-circle-fill", "hot"),
}
# Why it was left alone, in a word or two.
SHORTLY: Mapping[str, str] = {
    stuck.NOT_WAITING: "not waiting",
    stuck.TOO_YOUNG: "too young",
    stuck.ACTIVE_RUN: "running",
    stuck.UPLOAD_IN_PROGRESS: "uploading",
    stuck.RECENT_RUN: "just ended",
    stuck.BACKING_OFF: "backing off",
}

# What to do about a video that failed, by the problem's code.
ADVICE: Mapping[str, str] = {
    "not_a_video": "Choose a video, such as an MP4, MOV, MKV or WebM file, and upload it again.",
    "empty_file": "The file has no bytes. See whether the copy that you have plays, and upload that.",
    "zero_length": "The file plays for no time at all. Export it again, and upload that.",
    "truncated": "A part of the file is missing, as after a copy that broke off. Copy it in full, and upload that.",
    "time_limit": "It took longer than is allowed. Export it shorter or smaller, and upload that.",
    "quarantined": "It has ended its worker each time. Export it again, perhaps smaller, and upload that.",
    ends.INCOMPLETE: "Choose the same file again on the page of all videos: the upload goes on where it broke off.",
    ends.GIVEN_UP: "What came of it is not kept any more. Delete this video, and upload the file again.",
    ends.WRONG_CHECKSUM: "What came is not what was sent. Delete this video, and upload the file again.",
    ends.FILE_GONE: "Its file is not in the storage any more. Delete this video, and upload the file again.",
    ends.STOPPED: "Press Process again when it shall go on.",
}
OTHER_ADVICE = "Press Process again; if that fails too, upload the file anew."


def name_of(video: Video) -> str:
    """What to call it before anybody has given it a name."""
    return video.name or video.file_name or video.id


def advice(problem: str | None) -> str:
    return ADVICE.get(problem or "", OTHER_ADVICE)


def reason_of(reason: str) -> str:
    """A code as a sentence; what was in the way is told as one already."""
    return stuck.IN_WORDS.get(reason, reason)


def reason_shortly(reason: str) -> str:
    return SHORTLY.get(reason, reason.replace("_", " "))


def facts_of(video: Video) -> list[str]:
    """Its length, size, picture and sound in a few words, where they are known."""
    weight = size(video.size_bytes)
    length = duration(video.duration_seconds) if video.duration_seconds else ""
    picture = f"{video.width}×{video.height}" if video.width else ""
    rate = f"{video.frames_per_second:.4g} frames a second" if video.frames_per_second else ""
    codecs = " and ".join(each for each in (video.video_codec, video.audio_codec) if each)
    return [fact for fact in (length, weight, picture, rate, codecs) if fact]


def is_picture(key: str) -> bool:
    """Whether a preview is a picture; else it moves."""
    return PurePosixPath(key).suffix in (".jpg", ".jpeg", ".png", ".webp")


def is_web_address(url: str | None) -> bool:
    """Whether it may be linked: what a renderer tells as its output's address may be anything."""
    return bool(url) and str(url).startswith(("https://", "http://"))


def init_app(app: App) -> None:
    """Let templates use the tables by name."""
    app.jinja_env.globals.update(
        video_label=STATUS.__getitem__,
        video_name=name_of,
        video_facts=facts_of,
        video_advice=advice,
        segment_label=SEGMENT_STATUS.__getitem__,
        render_label=RENDER_STATUS.__getitem__,
        render_operation=OPERATION.__getitem__,
        is_picture=is_picture,
        is_web_address=is_web_address,
        recovery_label=RECOVERY.__getitem__,
        recovery_reason=reason_of,
        recovery_reason_short=reason_shortly,
    )
