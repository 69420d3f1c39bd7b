"""What people read for the machine's words about footage, as in `blueprints/labels.py`."""

from collections.abc import Mapping

from flask.sansio.app import App

import clock
from blueprints.labels import Label
from models import Footage, Frame
from services.footage import states

STATUS: Mapping[str, Label] = {
    states.PENDING_FILE_INFO: Label("Pending file info", "inbox", "still", "Its file is to be brought in and read."),
    states.FILE_INFO_COMPLETE: Label("File info complete", "info-circle-fill", "live", "What its file holds is known."),
    states.THUMBNAILS_COMPLETE: Label("Thumbnails complete", "film", "live", "It has a poster and a contact sheet."),
    states.CREATING_FRAMES: Label("Creating frames", "collection", "live", "The moments worth a look are chosen."),
    states.SCRAPING_URL: Label("Scraping URL", "link-45deg", "live", "The page about it has been read."),
    states.PROCESSING_FRAME_INFO: Label(
        "Processing frame info", "eye", "live", "Its frames are looked at, and what is said is written down."
    ),
    states.GENERATING_EMBEDDINGS: Label(
        "Generating embeddings", "stars", "live", "It is described; now it is made to be found."
    ),
    states.COMPLETE: Label("Complete", "check-circle-fill", "good", "It is described, and search finds it."),
    states.AWAITING_USER_INPUT: Label("Awaiting user input", "pencil", "warm", "Somebody has to say what it is."),
    states.FAILED: Label("Failed", "x-circle-fill", "hot", "It was tried often enough, or trying again cannot help."),
}

FRAME_STATUS: Mapping[str, Label] = {
    states.FRAME_PENDING_THUMBNAIL: Label("Pending thumbnail", "hourglass-split", "still"),
    states.FRAME_THUMBNAIL_COMPLETE: Label("Thumbnail complete", "film", "live"),
    states.FRAME_CAPTION_GENERATED: Label("Caption generated", "eye", "live"),
    states.FRAME_AUDIO_TRANSCRIBED: Label("Audio transcribed", "chat-left-text", "live"),
    states.FRAME_GENERATING_EMBEDDINGS: Label("Generating embeddings", "stars", "live"),
    states.FRAME_COMPLETE: Label("Complete", "check-circle-fill", "good"),
    states.AWAITING_USER_INPUT: STATUS[states.AWAITING_USER_INPUT],
    states.FAILED: Label("Failed", "x-circle-fill", "hot", "It is left out of the description."),
}


def number_of(status: str) -> str:
    """The number that a status begins with; empty for those beside the way."""
    number, parted, _ = status.partition(" - ")
    return number if parted else ""


def name_of(footage: Footage) -> str:
    """What to call it before anybody has given it a title."""
    return footage.title or footage.made_title or footage.file_name or footage.id


def facts_of(footage: Footage) -> list[str]:
    """Its picture and sound in a few words, where they are known."""
    size = f"{footage.width}×{footage.height}" if footage.width else ""
    rate = f"{footage.frames_per_second:.4g} frames a second" if footage.frames_per_second else ""
    codecs = " and ".join(each for each in (footage.video_codec, footage.audio_codec) if each)
    return [fact for fact in (size, rate, codecs) if fact]


def file_facts_of(footage: Footage) -> list[tuple[str, str]]:
    """What its file says of itself, by name."""
    info = footage.info or {}
    source = footage.source or ""
    picture = [footage.video_codec or "", f"{footage.width}×{footage.height}" if footage.width else ""]
    facts = (
        ("Name", footage.file_name),
        ("Came from", "an upload" if source.startswith("upload:") else source),
        ("Container", str(info.get("container") or "")),
        ("Picture", ", ".join(filter(None, picture))),
        ("Frame rate", f"{footage.frames_per_second:.4g} a second" if footage.frames_per_second else ""),
        ("Sound", footage.audio_codec or ("none" if footage.info else "")),
        ("Timecode", str(info.get("timecode") or "")),
    )
    return [(name, value) for name, value in facts if value]


def is_due(record: Footage | Frame) -> bool:
    """Whether the time of its next try has come, so that only a place in its step is waited for."""
    return record.retry_at is not None and record.retry_at <= clock.now()


def frame_label(frame: Frame) -> Label:
    return FRAME_STATUS[frame.status]


def init_app(app: App) -> None:
    """Let templates use the tables by name."""
    app.jinja_env.globals.update(
        footage_label=STATUS.__getitem__,
        footage_number=number_of,
        footage_name=name_of,
        footage_facts=facts_of,
        footage_file_facts=file_facts_of,
        footage_is_due=is_due,
        frame_label=frame_label,
    )
