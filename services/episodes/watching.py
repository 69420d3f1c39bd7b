"""What the player of an episode needs beyond its rows, and its chapters as WebVTT. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from models import Rendition
from services.episodes.passages import Passage, passages
from services.episodes.reads import ClipWithFiles, EpisodePage

FIRST_SHOWN = ("subtitled", "9x16")


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of an episode; `end` is where the next begins, or the episode ends. Seconds."""

    start: float
    end: float
    title: str


@dataclass(frozen=True, slots=True)
class Player:
    """What is played and offered with it.

    `video` and `poster` are names of files; `is_as_it_came` tells that browsers may not know its format. `version`
    changes with any of it, so that what plays is left alone while nothing changed.
    """

    video: str | None
    poster: str | None
    is_as_it_came: bool
    language: str | None
    chapters: Sequence[Chapter]
    passages: Sequence[Passage]
    version: str


def player_of(page: EpisodePage) -> Player:
    episode, transcript, enrichment = page.episode, page.transcript, page.enrichment
    key = (episode.web_key or episode.media_key) if episode.arrival == "ready" else None
    made = [each.created_at for each in (transcript, enrichment) if each is not None]
    return Player(
        video=file_name(key),
        poster=file_name(episode.poster_key),
        is_as_it_came=episode.web_key is None,
        language=(transcript.language or "und") if transcript else None,
        chapters=chapters_of(page),
        passages=passages(transcript.segments, enrichment.chapters if enrichment else ()) if transcript else (),
        version="|".join(map(str, (key, episode.poster_key, *made))),
    )


def file_name(key: str | None) -> str | None:
    """A file's name of its key in the storage."""
    return PurePosixPath(key).name if key else None


def chapters_of(page: EpisodePage) -> list[Chapter]:
    found = page.enrichment.chapters if page.enrichment else []
    return [Chapter(float(each["start"]), float(each["end"]), str(each["title"])) for each in found]


def as_vtt(chapters: Sequence[Chapter]) -> str:
    """Chapters as https://www.w3.org/TR/webvtt1/#introduction-chapters has them."""
    cues = [f"{_stamp(each.start)} --> {_stamp(each.end)}\n{_cue_text(each.title)}\n" for each in chapters]
    return "\n".join(["WEBVTT\n", *cues])


def shown_first(clip: ClipWithFiles) -> Rendition | None:
    """The file that a clip's preview begins with: upright and with its words, where there is one."""

    def place(rendition: Rendition) -> tuple[bool, bool]:
        return rendition.variant != FIRST_SHOWN[0], rendition.aspect_ratio != FIRST_SHOWN[1]

    return min(clip.renditions, key=place, default=None)


def _stamp(seconds: float) -> str:
    minutes, milliseconds = divmod(round(seconds * 1000), 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{milliseconds // 1000:02}.{milliseconds % 1000:03}"


def _cue_text(title: str) -> str:
    return " ".join(title.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
