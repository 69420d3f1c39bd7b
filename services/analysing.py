"""Analyzing songs: one, those of a playlist, or all that somebody owns."""

import hashlib
import typing
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Integer, cast, func, select, update

from errors import Conflict, NotFound, SettingsError
from extensions import current_settings, db, db_now, redis
from models import Analysis, Finding, Job, PlaylistSong, Song, User
from services.analyser.protocol import Analyser
from services.analyser.results import Analysis as Judgement
from services.jobs import states
from services.jobs.submit import Submission, submit
from services.jobs.work import Child, FanOut, Outcome, Work
from services.library import playlists, songs
from services.library.ratings import by_filter
from services.lyrics import Lyrics, lrclib_client, lyrics_for

log = structlog.get_logger(__name__)

PAGE = 1000
_IS_NEW = Song.rating.is_(None)


@cache
def load_analyser(dotted_path: str) -> Analyser:
    """The analyser module of that name, with its models loaded.

    :raise SettingsError: if there is no such module, or it is not an analyser.
    """
    try:
        analyser = typing.cast(Analyser, import_module(dotted_path))
        analyser.load()
    except (ImportError, AttributeError) as e:
        raise SettingsError(
            f"ANALYSER={dotted_path!r} cannot be used: name a module that has load() and analyse()."
        ) from e
    return analyser


def prepare() -> None:
    """Load the analyser that the settings name. :raise SettingsError: if it cannot be."""
    load_analyser(current_settings().analyser)


def submit_song(song_id: int) -> Submission:
    """:raise NotFound: if there is no such song."""
    song = songs.get_song(song_id)
    return submit(
        "analyze_song",
        target_type="song",
        target_id=song.id,
        title=song_title(song.artist, song.title),
        owner_id=song.owner_id,
    )


def submit_playlist(playlist_id: int) -> Submission:
    """:raise NotFound: if there is no such playlist. :raise Conflict: if it is empty."""
    playlist = playlists.get_playlist(playlist_id)
    size = _playlist_size(playlist_id)
    if size == 0:
        raise Conflict(f"The playlist “{playlist.name}” has no songs to analyze.", code="empty_playlist")
    return submit(
        "analyze_playlist",
        target_type="playlist",
        target_id=playlist.id,
        title=playlist.name,
        owner_id=playlist.owner_id,
    )


def no_such_user(user_id: int) -> NotFound:
    return NotFound(f"There is no user {user_id}.", code="no_such_user")


def submit_library(user_id: int) -> Submission:
    """:raise NotFound: if there is no such user. :raise Conflict: if they have no songs."""
    user = db.session.get(User, user_id)
    if user is None:
        raise no_such_user(user_id)
    if not db.session.scalar(select(Song.id).where(Song.owner_id == user_id).limit(1)):
        raise Conflict("The library has no songs to analyze yet; import some first.", code="empty_library")
    return submit("analyze_library", target_type="user", target_id=user.id, title=user.name, owner_id=user.id)


def submit_new_songs(user_id: int, *, job_id: str | None = None) -> Submission:
    """Analyze what nobody has analyzed yet.

    :raise Conflict: if there is no such song.
    """
    user = db.session.get_one(User, user_id)
    if not db.session.scalar(select(Song.id).where(Song.owner_id == user_id, _IS_NEW).limit(1)):
        raise Conflict("There are no new songs to analyze.", code="no_new_songs")
    return submit(
        "analyze_new_songs",
        target_type="user",
        target_id=user.id,
        title=f"New songs of {user.name}",
        owner_id=user.id,
        job_id=job_id,
    )


def song_title(artist: str, title: str) -> str:
    return f"{artist} – {title}" if artist else title


def analyze_song(song_id: int, work: Work) -> Outcome:
    """Find the lyrics of a song and judge them; the analysis is saved with the end of the job.

    :raise NotFound: if the song is gone.
    :raise TransientError: if the lyrics cannot be looked up now.
    """
    song = songs.get_song(song_id)
    work.progress.step("fetching_lyrics")
    with lrclib_client(current_settings(), redis.client) as client:
        lyrics = lyrics_for(song, client)
    log.info("lyrics_chosen", source=lyrics.source, chars=len(lyrics.text or ""))
    work.checkpoint()
    work.progress.step("analyzing")
    analyser = load_analyser(current_settings().analyser)
    db.session.rollback()  # the database ends a transaction that stands still for as long as an analyser may take
    judgement = analyser.analyse(lyrics.text or "")
    log.info("rated", rating=judgement.rating, score=judgement.score, findings=len(judgement.findings))
    work.checkpoint()
    result = {"rating": judgement.rating, "score": judgement.score, "summary": judgement.summary, "song_id": song_id}
    return Outcome(
        result=result,
        result_url=f"/songs/{song_id}",
        save=lambda: _save(song_id, lyrics, judgement, analyser.VERSION),
    )


def _save(song_id: int, lyrics: Lyrics, judgement: Judgement, version: str) -> None:
    """Keep one analysis for each song, analyser version and text; doing it over brings it up to date."""
    session = db.session()
    judged = update(Song).where(Song.id == song_id).values(rating=judgement.rating, score=judgement.score)
    # Two jobs may be at one song, as members of two playlists: the second waits here, then brings the first's row up
    # to date.
    analysed_at = session.connection().scalar(judged.values(analysed_at=db_now()).returning(Song.analysed_at))
    if analysed_at is None:
        raise songs.no_such_song(song_id)
    text = lyrics.text or ""
    digest = hashlib.sha256(text.encode()).hexdigest() if text else ""
    known = select(Analysis).where(
        Analysis.song_id == song_id, Analysis.analyser == version, Analysis.lyrics_digest == digest
    )
    analysis = session.scalar(known) or Analysis(song_id=song_id, analyser=version, lyrics_digest=digest, lyrics=text)
    analysis.lyrics_source = lyrics.source
    analysis.rating = judgement.rating
    analysis.score = judgement.score
    analysis.summary = judgement.summary
    analysis.language = judgement.language
    analysis.themes = list(judgement.themes)
    analysis.mood = judgement.mood
    analysis.analysed_at = analysed_at
    analysis.findings = [
        Finding(
            category=finding.category,
            severity=finding.severity,
            line=finding.line,
            words=finding.words[:200],
            reason=finding.reason[:300],
        )
        for finding in judgement.findings
    ]
    session.add(analysis)


def fan_out_playlist(playlist_id: int) -> FanOut:
    """Each song of the playlist once, in order, however often it stands there."""
    first_place = func.min(PlaylistSong.position)
    in_order = (
        select(Song.id, Song.artist, Song.title)
        .join(PlaylistSong, PlaylistSong.song_id == Song.id)
        .where(PlaylistSong.playlist_id == playlist_id)
        .group_by(Song.id, Song.artist, Song.title)
        .order_by(first_place)
    )
    rows = db.session.execute(in_order).all()
    children = [Child(str(row.id), song_title(row.artist, row.title)) for row in rows]
    return FanOut("analyze_song", "song", children, len(children))


def fan_out_library(user_id: int) -> FanOut:
    """All songs of a user by id, read page by page, so that a huge library costs no memory."""
    total = db.session.scalar(select(func.count()).select_from(Song).where(Song.owner_id == user_id)) or 0
    return FanOut("analyze_song", "song", _songs_of(user_id), total)


def fan_out_new_songs(user_id: int) -> FanOut:
    """Those of them that have no analysis. Fewer may be left by the time that they are read, which is no harm."""
    new = list(_songs_of(user_id, _IS_NEW))
    return FanOut("analyze_song", "song", new, len(new))


def _songs_of(user_id: int, *wanted: ColumnElement[bool]) -> Iterator[Child]:
    last = 0
    while True:
        page = (
            select(Song.id, Song.artist, Song.title)
            .where(Song.owner_id == user_id, Song.id > last, *wanted)
            .order_by(Song.id)
            .limit(PAGE)
        )
        rows = db.session.execute(page).all()
        db.session.rollback()
        if not rows:
            return
        yield from (Child(str(row.id), song_title(row.artist, row.title)) for row in rows)
        last = rows[-1].id


def summarise_children(parent: Job) -> tuple[dict[str, Any], str | None]:
    """The result of a playlist or a library: how many songs bear each rating, and how many failed."""
    counted = dict(db.session.execute(_ratings_of_children(parent.id)).all())
    failed = db.session.scalar(_count_children(parent.id, Job.status == states.FAILED)) or 0
    songs_analyzed = db.session.scalar(_count_children(parent.id, Job.status == states.FINISHED)) or 0
    result = {"songs": songs_analyzed, "failed": failed, "ratings": by_filter(counted)}
    url = f"/playlists/{parent.target_id}" if parent.target_type == "playlist" else "/"
    return result, url


def _ratings_of_children(parent_id: str) -> Any:
    return (
        select(Song.rating, func.count())
        .select_from(Job)
        .join(Song, Song.id == cast(Job.target_id, Integer))  # cast on this side, so that the key of songs is used
        .where(Job.parent_id == parent_id, Job.status == states.FINISHED)
        .group_by(Song.rating)
    )


def _count_children(parent_id: str, condition: ColumnElement[bool]) -> Any:
    return select(func.count()).select_from(Job).where(Job.parent_id == parent_id, condition)


def _playlist_size(playlist_id: int) -> int:
    size = select(func.count()).select_from(PlaylistSong).where(PlaylistSong.playlist_id == playlist_id)
    return db.session.scalar(size) or 0
