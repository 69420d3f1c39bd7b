"""What the pages of the library show, each read as one object."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Row, func, select

from errors import NotFound
from extensions import db
from models import Analysis, Finding, Job, Playlist, PlaylistSong, Song
from services.jobs import states
from services.jobs.listing import live_job_of
from services.library import playlists, queries, song_list, songs
from services.library.highlights import Line, highlight
from services.library.queries import Page, PlaylistEntry, PlaylistSummary, SongSummary

SONGS_PER_PAGE = 50
ENTRIES_PER_PAGE = 100
HISTORY_SHOWN = 50
MOST_SEVERE_SHOWN = 5
PLAYLISTS_OFFERED = 100


@dataclass(frozen=True, slots=True)
class LibraryQuery:
    """What of the library is to be shown; `rating` is empty for all."""

    q: str = ""
    rating: str = ""
    sort: str = "title"
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class LibraryPage:
    """A page of songs; `counts` are of the songs that match the search, `live_jobs` job ids by song id."""

    owner_id: int
    query: LibraryQuery
    songs: Page[SongSummary]
    counts: Mapping[str, int]
    live_jobs: Mapping[int, str]
    library_job: Job | None

    @property
    def matching(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class SongRow:
    """A song as a line of the library, with the job that is at it."""

    song: SongSummary
    job_id: str | None


@dataclass(frozen=True, slots=True)
class Concern:
    """What an analysis has of one category; `first` is the place of its first finding."""

    category: str
    count: int
    severity: int
    first: int


@dataclass(frozen=True, slots=True)
class SongPage:
    """A song with one of its analyses; `last_job` is the live one, or else the last to end."""

    song: Song
    history: Sequence[Row[int, str, int, str, float]]
    analysis: Analysis | None
    lines: Sequence[Line]
    last_job: Job | None
    playlists: Sequence[Row[int, str]]

    @property
    def concerns(self) -> list[Concern]:
        """The categories found, the most severe first."""
        return concerns_of(self.analysis.findings) if self.analysis else []

    @property
    def is_latest(self) -> bool:
        return self.analysis is not None and self.history[0].id == self.analysis.id

    @property
    def is_outdated(self) -> bool:
        """Whether the latest analysis judged other lyrics than the song has now."""
        return (
            self.analysis is not None and self.is_latest and (self.song.lyrics or "") not in ("", self.analysis.lyrics)
        )


@dataclass(frozen=True, slots=True)
class PlaylistPage:
    """A part of a playlist; the places to go on from are None where there is nothing."""

    playlist: Playlist
    summary: PlaylistSummary
    entries: Sequence[PlaylistEntry]
    next_after: int | None
    previous_after: int | None
    most_severe: Sequence[Row[int, str, str, str | None, int | None]]
    last_job: Job | None


def library_page(owner_id: int, query: LibraryQuery) -> LibraryPage:
    """:raise InvalidInput: naming the part of the query that is not acceptable."""
    page = queries.list_songs(
        owner_id,
        q=query.q,
        rating=query.rating or None,
        sort=query.sort,
        cursor=query.cursor or None,
        limit=SONGS_PER_PAGE,
    )
    return LibraryPage(
        owner_id,
        query,
        page,
        queries.rating_counts(owner_id, q=query.q),
        live_jobs_of_songs([song.id for song in page.items]),
        live_job_of("analyze_library", "user", owner_id),
    )


def live_jobs_of_songs(song_ids: Sequence[int]) -> Mapping[int, str]:
    """The jobs that are at these songs now, by song id."""
    live = select(Job.target_id, Job.id).where(
        Job.target_type == "song",
        Job.target_id.in_([str(song_id) for song_id in song_ids]),
        Job.type == "analyze_song",
        Job.status.in_(states.LIVE),
    )
    return {int(target_id): job_id for target_id, job_id in db.session.execute(live) if target_id}


def song_row(song_id: int) -> SongRow:
    """:raise NotFound: if there is no such song."""
    row = db.session.execute(select(*song_list.COLUMNS).where(Song.id == song_id)).one_or_none()
    if row is None:
        raise songs.no_such_song(song_id)
    return SongRow(song_list.summary(row), live_jobs_of_songs([song_id]).get(song_id))


def song_page(song_id: int, analysis_id: int | None = None) -> SongPage:
    """A song with the analysis asked for, else its latest.

    :raise NotFound: if there is no such song, or it has no such analysis.
    """
    song = songs.get_song(song_id)
    analysis = _analysis(song_id, analysis_id) if analysis_id else queries.latest_analysis(song_id)
    lines = highlight(analysis.lyrics, analysis.findings) if analysis else highlight(song.lyrics or "", [])
    return SongPage(
        song,
        _history(song_id),
        analysis,
        lines,
        last_job_of("analyze_song", "song", song_id),
        _playlists_to_offer(song.owner_id),
    )


def concerns_of(findings: Sequence[Finding]) -> list[Concern]:
    """The findings summed up by category, the most severe and then the most frequent first."""
    places: dict[str, list[int]] = defaultdict(list)
    for index, finding in enumerate(findings):
        places[finding.category].append(index)
    summed = [
        Concern(category, len(indexes), max(findings[index].severity for index in indexes), indexes[0])
        for category, indexes in places.items()
    ]
    return sorted(summed, key=lambda concern: (-concern.severity, -concern.count, concern.category))


def playlist_page(playlist_id: int, *, after_position: int = 0) -> PlaylistPage:
    """:raise NotFound: if there is no such playlist."""
    playlist = playlists.get_playlist(playlist_id)
    entries = queries.playlist_songs(playlist_id, after_position=after_position, limit=ENTRIES_PER_PAGE)
    last = entries[-1].position if entries else after_position
    return PlaylistPage(
        playlist,
        queries.playlist_summary(playlist),
        entries,
        last if _has_places_after(playlist_id, last) else None,
        _previous_after(playlist_id, after_position) if after_position else None,
        _most_severe(playlist_id),
        last_job_of("analyze_playlist", "playlist", playlist_id),
    )


def last_job_of(type_name: str, target_type: str, target_id: int) -> Job | None:
    """The job that is at this target now, else the one that ended last."""
    ended = (
        select(Job)
        .where(Job.target_type == target_type, Job.target_id == str(target_id), Job.type == type_name)
        .order_by(Job.id.desc())
        .limit(1)
    )
    return live_job_of(type_name, target_type, target_id) or db.session.scalar(ended)


def _analysis(song_id: int, analysis_id: int) -> Analysis:
    analysis = db.session.get(Analysis, analysis_id)
    if analysis is None or analysis.song_id != song_id:
        raise NotFound(f"Song {song_id} has no analysis {analysis_id}.", code="analysis_not_found")
    return analysis


def _history(song_id: int) -> Sequence[Row[int, str, int, str, float]]:
    newest_first = (
        select(Analysis.id, Analysis.rating, Analysis.score, Analysis.analyser, Analysis.analysed_at)
        .where(Analysis.song_id == song_id)
        .order_by(Analysis.analysed_at.desc(), Analysis.id.desc())
        .limit(HISTORY_SHOWN)
    )
    return db.session.execute(newest_first).all()


def _playlists_to_offer(owner_id: int) -> Sequence[Row[int, str]]:
    by_name = select(Playlist.id, Playlist.name).where(Playlist.owner_id == owner_id).order_by(Playlist.name)
    return db.session.execute(by_name.limit(PLAYLISTS_OFFERED)).all()


def _has_places_after(playlist_id: int, position: int) -> bool:
    place = select(PlaylistSong.position).where(
        PlaylistSong.playlist_id == playlist_id, PlaylistSong.position > position
    )
    return db.session.scalar(place.limit(1)) is not None


def _previous_after(playlist_id: int, after_position: int) -> int:
    """The place after which the page before begins: 0 for the first page."""
    before = (
        select(PlaylistSong.position)
        .where(PlaylistSong.playlist_id == playlist_id, PlaylistSong.position <= after_position)
        .order_by(PlaylistSong.position.desc())
        .offset(ENTRIES_PER_PAGE)
        .limit(1)
    )
    return db.session.scalar(before) or 0


def _most_severe(playlist_id: int) -> Sequence[Row[int, str, str, str | None, int | None]]:
    worst_first = (
        select(Song.id, Song.title, Song.artist, Song.rating, Song.score)
        .join(PlaylistSong, PlaylistSong.song_id == Song.id)
        .where(PlaylistSong.playlist_id == playlist_id, Song.score > 0)
        .group_by(Song.id, Song.title, Song.artist, Song.rating, Song.score)
        .order_by(Song.score.desc(), func.min(PlaylistSong.position))
        .limit(MOST_SEVERE_SHOWN)
    )
    return db.session.execute(worst_first).all()
