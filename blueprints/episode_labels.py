"""What people read for the machine's words about episodes, as in `blueprints/labels.py`."""

from flask.sansio.app import App

from blueprints.labels import Label
from models import Episode
from services.episodes import stages, watching
from services.jobs.registry import label_of

STAGE = {
    stages.DISCOVERED: Label("Discovered", "inbox", "still", "Its file is here; nothing has been made of it yet."),
    stages.TRANSCRIBED: Label("Transcribed", "chat-left-text", "live", "What is said in it is known, word by word."),
    stages.ENRICHED: Label("Enriched", "stars", "mild", "Its topics, chapters and clips are found."),
    stages.RENDERED: Label("Rendered", "check-circle-fill", "good", "It plays in every browser, with captions."),
}

ARRIVAL = {
    "arriving": Label("Arriving", "cloud-arrow-up", "still", "Its file is on its way, or is being looked at."),
    "unusable": Label("Unusable", "x-circle-fill", "hot", "Nothing can be made of its file."),
}

# What to do about a file that is of no use, by the problem's code.
ADVICE = {
    "not_a_video": "Choose a video, such as an MP4, MOV, MKV or WebM file, and add it again.",
    "no_audio_track": "There is nothing to transcribe without sound. Export it again with its sound, and add that.",
    "empty_file": "The file has no bytes. Look whether the copy of it that you have plays, and add that.",
    "zero_length": "The file plays for no time at all. Export it again, and add that.",
    "truncated": "A part of the file is missing, as after a copy that broke off. Copy it again in full, and add that.",
}
OTHER_ADVICE = "Look whether the file can be had and plays, and add it again."

VARIANT = {"clean": "Clean", "subtitled": "Subtitled"}
SIZE_UNITS = ("bytes", "kB", "MB", "GB", "TB")
RATIO = {"9x16": "9:16 upright", "16x9": "16:9 wide", "1x1": "1:1 square"}


def stage_of(episode: Episode) -> Label:
    """How far an episode has come; where its file is not here, that."""
    return STAGE[episode.stage] if episode.arrival == "ready" else ARRIVAL[episode.arrival]


def advice(problem: str | None) -> str:
    return ADVICE.get(problem or "", OTHER_ADVICE)


def size(size_bytes: int | None) -> str:
    """`812 kB`, `1.4 GB`; empty if not known."""
    if size_bytes is None:
        return ""
    power = min(len(SIZE_UNITS) - 1, max(0, len(str(size_bytes)) - 1) // 3)
    amount = size_bytes / 1000**power
    return f"{amount:.0f} {SIZE_UNITS[power]}" if amount >= 10 or power == 0 else f"{amount:.1f} {SIZE_UNITS[power]}"


def init_app(app: App) -> None:
    """Let templates use the tables by name."""
    app.jinja_env.globals.update(
        episode_stage_label=stage_of,
        episode_stages=STAGE,
        episode_advice=advice,
        variant_name=VARIANT.__getitem__,
        ratio_name=RATIO.__getitem__,
        size_text=size,
        file_name=watching.file_name,
        job_label=label_of,
        shown_first=watching.shown_first,
    )
