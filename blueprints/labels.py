"""What people read for the machine's words: a label, an icon and a tone of colour for each state.

A rating, status, health or outcome that is not in its table is a mistake and fails here, in every template that
names it. Categories and languages are open sets, since another analyser may bring its own.
"""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from flask.sansio.app import App

import clock
from services import fleet
from services.access import roles
from services.jobs import states
from services.library.ratings import UNRATED


@dataclass(frozen=True, slots=True)
class Label:
    """`icon` is a symbol of static/img/icons.svg, `tone` one of the `tone-…` classes of backbeat.css."""

    text: str
    icon: str
    tone: str
    meaning: str = ""


RATING = {
    "everyone": Label("Everyone", "people-fill", "good", "Fit for any listener."),
    "teen": Label("Teen", "info-circle-fill", "mild", "Some lines may not suit young children."),
    "mature": Label("Mature", "exclamation-triangle-fill", "warm", "Meant for grown-up listeners."),
    "explicit": Label("Explicit", "exclamation-octagon-fill", "hot", "Strong language or strong matter."),
    "unknown": Label("Unknown", "question-circle", "still", "There were no lyrics to judge."),
    UNRATED: Label("Not analyzed", "circle", "faint", "Nobody has looked at its lyrics yet."),
}

STATUS = {
    states.QUEUED: Label("Waiting", "hourglass-split", "still"),
    states.SCHEDULED: Label("Scheduled", "clock", "still", "It waits for its time or its next try."),
    states.DEFERRED: Label("Deferred", "link-45deg", "still", "It waits for another job."),
    states.STARTED: Label("Running", "activity", "live"),
    states.FINISHED: Label("Finished", "check-circle-fill", "good"),
    states.FAILED: Label("Failed", "x-circle-fill", "hot"),
    states.CANCELED: Label("Canceled", "slash-circle-fill", "faint"),
}

HEALTH = {
    fleet.HEALTHY: Label("Healthy", "check-circle-fill", "good"),
    fleet.DEGRADED: Label("Degraded", "exclamation-triangle-fill", "warm"),
    fleet.DOWN: Label("Down", "x-circle-fill", "hot"),
}

OUTCOME = {
    "added": Label("Added", "plus-circle-fill", "good"),
    "updated": Label("Updated", "arrow-up-circle-fill", "live", "They gained lyrics or tags that they lacked."),
    "existing": Label("Already there", "check2-circle", "still"),
    "refused": Label("Refused", "x-circle-fill", "hot"),
}

SEVERITY = {
    1: Label("Mild", "1-circle", "mild"),
    2: Label("Moderate", "2-circle", "warm"),
    3: Label("Strong", "3-circle", "hot"),
}

ROLE = {
    roles.VIEWER: Label("Viewer", "person", "still", "Their own songs and jobs."),
    roles.OPERATOR: Label("Operator", "sliders", "live", "Everybody’s songs and jobs, and the console."),
    roles.ADMIN: Label("Admin", "key", "mild", "All that an operator may, and people and keys as well."),
}

CATEGORY = {
    "profanity": Label("Profanity", "chat-square-quote-fill", "still"),
    "sexual": Label("Sexual content", "heart-fill", "still"),
    "violence": Label("Violence", "shield-exclamation", "still"),
    "drugs_alcohol": Label("Drugs and alcohol", "cup-straw", "still"),
    "hate": Label("Hate", "person-x-fill", "still"),
    "self_harm": Label("Self-harm", "bandaid-fill", "still"),
}

LYRICS_SOURCE = {
    "file": "An imported lyrics file",
    "embedded": "The audio file’s own tags",
    "pasted": "Pasted by hand",
    "lrclib": "LRCLIB",
    "song": "The song’s own",
    "none": "None found",
}

LANGUAGE = {
    "ar": "Arabic",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "fi": "Finnish",
    "fr": "French",
    "ga": "Irish",
    "gd": "Scottish Gaelic",
    "he": "Hebrew",
    "hi": "Hindi",
    "hu": "Hungarian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "la": "Latin",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sco": "Scots",
    "sv": "Swedish",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "zh": "Chinese",
    "und": "Not recognised",
}


def rating(value: str | None) -> Label:
    """The label of a song's rating; a song that was never analysed has none."""
    return RATING[value or UNRATED]


def category(value: str) -> Label:
    """The label of a category, made of its name where an analyser brings one of its own."""
    return CATEGORY.get(value) or Label(value.replace("_", " ").capitalize(), "flag-fill", "still")


def language(code: str) -> str:
    return LANGUAGE.get(code, code)


def lyrics_source(source: str | None) -> str:
    return LYRICS_SOURCE.get(source or "none", source or "")


def duration(seconds: float | None) -> str:
    """Minutes and seconds as a player shows them, `3:07`; empty if not known."""
    if seconds is None:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def has_asset(folder: Path, name: str) -> bool:
    """Whether a file of `static/` is there: libraries that installing could not get are not, and pages do without."""
    return (folder / name).is_file()


def init_app(app: App) -> None:
    """Let templates use the tables by name."""
    app.jinja_env.globals.update(
        has_asset=partial(has_asset, Path(str(app.static_folder))),
        rating_label=rating,
        status_label=STATUS.__getitem__,
        health_label=HEALTH.__getitem__,
        outcome_label=OUTCOME.__getitem__,
        severity_label=SEVERITY.__getitem__,
        role_label=ROLE.__getitem__,
        category_label=category,
        language_name=language,
        lyrics_source_name=lyrics_source,
        duration_text=duration,
        iso_time=clock.iso,
    )
