"""The media library: who owns which songs and playlists, and what was found in their lyrics."""

from typing import Any

from sqlalchemy import JSON, Double, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from extensions import Base


class Song(Base):
    """A song, its lyrics, and the outcome of its latest analysis (copied here so that lists can filter and sort)."""

    __tablename__ = "song"
    __table_args__ = (
        # The same artist and title, spelled alike but for case, accents and punctuation, is the same song.
        UniqueConstraint("owner_id", "fingerprint"),
        Index("ix_song_owner_title", "owner_id", "title_key", "id"),
        Index("ix_song_owner_artist", "owner_id", "artist_key", "id"),
        Index("ix_song_owner_rating", "owner_id", "rating", "title_key", "id"),
        Index("ix_song_owner_score", "owner_id", "score", "id"),
        Index("ix_song_owner_created", "owner_id", "created_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(String(300))
    artist: Mapped[str] = mapped_column(String(300), default="")
    album: Mapped[str] = mapped_column(String(300), default="")
    duration_seconds: Mapped[float | None] = mapped_column(Double)
    lyrics: Mapped[str | None] = mapped_column(Text)
    lyrics_source: Mapped[str | None] = mapped_column(String(40))  # file, embedded, pasted, lrclib
    source: Mapped[str] = mapped_column(String(300), default="")  # the file or form it came from
    fingerprint: Mapped[str] = mapped_column(String(64))
    title_key: Mapped[str] = mapped_column(String(300))
    artist_key: Mapped[str] = mapped_column(String(300))
    search_text: Mapped[str] = mapped_column(String(900))
    created_at: Mapped[float] = mapped_column(Double)
    updated_at: Mapped[float] = mapped_column(Double)

    rating: Mapped[str | None] = mapped_column(String(10))
    score: Mapped[int | None]
    analysed_at: Mapped[float | None] = mapped_column(Double)


class Playlist(Base):
    """An ordered list of songs. A song may stand in it more than once."""

    __tablename__ = "playlist"
    __table_args__ = (UniqueConstraint("owner_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[float] = mapped_column(Double)
    updated_at: Mapped[float] = mapped_column(Double)


class PlaylistSong(Base):
    """A song's place in a playlist; places count from 1."""

    __tablename__ = "playlist_song"

    playlist_id: Mapped[int] = mapped_column(ForeignKey("playlist.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    song_id: Mapped[int] = mapped_column(ForeignKey("song.id", ondelete="CASCADE"), index=True)


class Analysis(Base):
    """What one version of the analyser found in one text of a song. Kept; the latest by `analysed_at` counts."""

    __tablename__ = "analysis"
    __table_args__ = (
        UniqueConstraint("song_id", "analyser", "lyrics_digest"),
        Index("ix_analysis_song_latest", "song_id", "analysed_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    song_id: Mapped[int] = mapped_column(ForeignKey("song.id", ondelete="CASCADE"))
    analyser: Mapped[str] = mapped_column(String(60))
    lyrics_digest: Mapped[str] = mapped_column(String(64))  # SHA-256 of the text, empty where none was found
    lyrics: Mapped[str] = mapped_column(Text)  # the text as judged: line numbers of the findings point into it
    lyrics_source: Mapped[str] = mapped_column(String(40))
    rating: Mapped[str] = mapped_column(String(10))
    score: Mapped[int]
    summary: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(10))
    themes: Mapped[list[str]] = mapped_column(JSON)
    mood: Mapped[str] = mapped_column(String(60))
    analysed_at: Mapped[float] = mapped_column(Double)
    findings: Mapped[list["Finding"]] = relationship(
        order_by="Finding.line, Finding.id", cascade="all, delete-orphan", lazy="selectin", passive_deletes=True
    )


class Finding(Base):
    """One concern at one line of an analysis; lines count from 1, severity goes from 1 to 3."""

    __tablename__ = "finding"

    id: Mapped[int] = mapped_column(primary_key=True)
    analysis_id: Mapped[int] = mapped_column(ForeignKey("analysis.id", ondelete="CASCADE"), index=True)
    category: Mapped[str] = mapped_column(String(20))
    severity: Mapped[int]
    line: Mapped[int]
    words: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(300))


class LyricsLookup(Base):
    """What an outside service answered for an artist, title, album and duration. Misses are remembered too."""

    __tablename__ = "lyrics_lookup"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    found: Mapped[bool]
    lyrics: Mapped[str | None] = mapped_column(Text)
    looked_up_at: Mapped[float] = mapped_column(Double)


class ImportItem(Base):
    """What became of one file or playlist entry of an import job."""

    __tablename__ = "import_item"
    __table_args__ = (UniqueConstraint("job_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("job.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(300))
    outcome: Mapped[str] = mapped_column(String(10))  # added, updated, existing, refused
    kind: Mapped[str] = mapped_column(String(10), default="")  # song, lyrics, playlist
    reason: Mapped[str] = mapped_column(String(500), default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
