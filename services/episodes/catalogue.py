"""The episodes that there are: taken into the catalogue, renamed, and deleted with their files."""

import re
from collections.abc import Callable, Iterator

from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from ulid import ULID

import clock
from errors import Conflict, InvalidInput
from extensions import db, transaction
from models import Episode, Job
from services import upload_notes
from services.episodes import files, line
from services.episodes.reads import EPISODE, get_episode
from services.jobs import states
from services.library import text
from services.media import sources, stored

ARRIVING, READY, UNUSABLE = "arriving", "ready", "unusable"
ID_MAX_CHARS = 60  # jobs name what they are about with no more than 64
ID = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
ID_ALLOWED = f"it has small letters a–z, digits, and - or _ between them, {ID_MAX_CHARS} at most"
NAMELESS = "episode"
MAX_NUMBERED = 50
SOURCE_MAX_CHARS = 1000


Along = Callable[[Session, Episode], None]


def _nothing_more(_session: Session, _episode: Episode) -> None:
    return None


def enlist(
    owner_id: int,
    *,
    title: str,
    file_name: str,
    episode_id: str | None = None,
    source: str | None = None,
    upload_id: str | None = None,
    along: Along = _nothing_more,
) -> Episode:
    """A new episode whose file is on its way; one of the same source that was unusable is given another chance.

    What is made of an upload is noted there in the same transaction, so that of one upload there is one episode; what
    `along` writes is kept with the episode, too, or neither is.

    :raise InvalidInput: naming the field that is not acceptable.
    :raise Conflict: if that id is taken, or the source is an episode already; `details["id"]` is that one.
    :raise Conflict: if the upload has become an episode, or was given up.
    """
    if episode_id is not None:
        refuse_bad_id(episode_id)
    known = _of_source(owner_id, source)
    if known is not None:
        return _given_another_chance(known, along)
    name = sources.clean_file_name(file_name, nameless=NAMELESS)
    title = text.clean(title, field="title") or _title_of(name)
    for candidate in [episode_id] if episode_id else _free_ids(title):
        episode = Episode(id=candidate, owner_id=owner_id, title=title, file_name=name, source=source)
        made = _insert(episode, upload_id, along)
        if made is not None:
            return made
    if (faster := _of_source(owner_id, source)) is not None:
        return _given_another_chance(faster, along)
    raise id_taken(episode_id or "")


def change(episode_id: str, *, title: str | None = None) -> Episode:
    """Rename an episode; its id stays.

    :raise NotFound: if there is no such episode. :raise InvalidInput: if nothing is left of the title.
    """
    with transaction():
        episode = get_episode(episode_id)
        if title is not None:
            episode.title = text.clean(title, field="title")
            if not episode.title:
                raise InvalidInput("An episode needs a title.", details={"title": "a title is needed."})
            episode.updated_at = clock.now()
    return episode


def delete(episode_id: str) -> None:
    """Delete an episode, all that was made of it, and then their files.

    :raise NotFound: if there is no such episode. :raise Conflict: while a job is at work on it.
    """
    keys = files.keys_of(episode_id) if get_episode(episode_id) else []
    with transaction() as session:
        episode = line.hold(session, episode_id)
        live = select(Job.id).where(
            Job.target_type == EPISODE, Job.target_id == episode_id, Job.status.in_(states.LIVE)
        )
        job_id = session.scalar(live.limit(1))
        if job_id is not None:
            message = f"Job {job_id} is at work on “{episode.title}”: cancel it, or wait for its end."
            raise Conflict(message, code="episode_busy", details={"job_id": job_id})
        session.delete(episode)
    stored.forget({*keys, *files.left_of(episode_id)})


def id_from(title: str) -> str:
    """The slug of a title: `Ärger im Büro, Teil 2` is `arger-im-buro-teil-2`."""
    plain = "".join(c if c.isascii() and c.isalnum() else " " for c in text.words(title))
    return "-".join(plain.split())[: ID_MAX_CHARS - 4].rstrip("-") or NAMELESS


def id_taken(episode_id: str) -> Conflict:
    message = f"There is an episode {episode_id!r} already; choose another id, or none."
    return Conflict(message, code="episode_exists", details={"id": episode_id})


def _free_ids(title: str) -> Iterator[str]:
    stem = id_from(title)
    yield stem
    taken = set(db.session.scalars(select(Episode.id).where(Episode.id.startswith(f"{stem}-", autoescape=True))))
    yield from (name for number in range(2, MAX_NUMBERED) if (name := f"{stem}-{number}") not in taken)
    yield f"{stem[:30].rstrip('-')}-{str(ULID()).lower()}"


def _insert(episode: Episode, upload_id: str | None, along: Along) -> Episode | None:
    """The episode as it is kept, or None where its id or source has just been taken."""
    episode.created_at = episode.updated_at = clock.now()
    try:
        with transaction() as session:
            if session.scalar(select(exists().where(Episode.id == episode.id))):
                return None
            session.add(episode)
            if upload_id is not None:
                upload_notes.note_made(session, upload_id, episode.id)
            session.flush()
            along(session, episode)
    except IntegrityError:
        return None
    return episode


def _of_source(owner_id: int, source: str | None) -> Episode | None:
    if source is None:
        return None
    if len(source) > SOURCE_MAX_CHARS:
        allowed = f"at most {SOURCE_MAX_CHARS:,} characters"
        raise InvalidInput(f"That address is too long: {allowed}.", details={"source": allowed})
    return db.session.scalar(select(Episode).where(Episode.owner_id == owner_id, Episode.source == source))


def _given_another_chance(episode: Episode, along: Along) -> Episode:
    episode_id, title = episode.id, episode.title
    there = Conflict(
        f"That is episode {episode_id!r} already, “{title}”.", code="episode_exists", details={"id": episode_id}
    )
    try:
        with transaction() as session:
            session.refresh(episode, with_for_update=True)
            if episode.arrival != UNUSABLE:
                raise there
            episode.arrival, episode.problem, episode.problem_text = ARRIVING, None, None
            episode.updated_at = clock.now()
            session.flush()
            along(session, episode)
    except IntegrityError:  # the job that could not bring it is still at its end
        raise there from None
    return episode


def refuse_unfit_id(episode_id: str) -> None:
    """:raise InvalidInput: if it can be no id. :raise Conflict: if it is taken."""
    refuse_bad_id(episode_id)
    if db.session.scalar(select(exists().where(Episode.id == episode_id))):
        raise id_taken(episode_id)


def refuse_bad_id(episode_id: str) -> None:
    if len(episode_id) > ID_MAX_CHARS or not ID.fullmatch(episode_id):
        raise InvalidInput(
            f"The id {episode_id[:80]!r} cannot be used: {ID_ALLOWED}, such as a-talk-about-rivers.",
            details={"id": ID_ALLOWED},
        )


def _title_of(file_name: str) -> str:
    """`2026-11-22_a-talk.mp4` as people would write it: `2026-11-22 a-talk`."""
    stem = file_name.rsplit(".", 1)[0] if "." in file_name.strip(".") else file_name
    return " ".join(stem.replace("_", " ").split()) or NAMELESS
