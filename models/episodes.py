"""Episodes: long recordings, what was said in them, what is worth cutting out, and the files made of that.

Places of files are keys of the storage (`clients/storage.py`), never paths of a machine. Instants within a recording
are seconds from its start.
"""

from typing import Any

from sqlalchemy import JSON, BigInteger, Double, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from extensions import Base


class Episode(Base):
    """A recording in the catalogue.

    `stage` is how far its processing has come: discovered, transcribed, enriched, rendered. `arrival` is whether its
    file is here yet: arriving, ready, unusable (`problem` is the code and `problem_text` the sentence that say why).
    """

    __tablename__ = "episode"
    __table_args__ = (
        Index("ix_episode_owner_created", "owner_id", "created_at", "id"),
        UniqueConstraint("owner_id", "source"),  # the same file of a watched folder is discovered once
    )

    id: Mapped[str] = mapped_column(String(80), primary_key=True)  # a slug
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(String(300))
    source: Mapped[str | None] = mapped_column(String(1000))  # the path or address that it came from; null: uploaded
    file_name: Mapped[str] = mapped_column(String(300), default="")
    media_key: Mapped[str | None] = mapped_column(String(300))
    stage: Mapped[str] = mapped_column(String(12), default="discovered")
    arrival: Mapped[str] = mapped_column(String(10), default="arriving")
    problem: Mapped[str | None] = mapped_column(String(40))
    problem_text: Mapped[str | None] = mapped_column(String(500))

    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    duration_seconds: Mapped[float | None] = mapped_column(Double)
    width: Mapped[int | None]
    height: Mapped[int | None]
    frames_per_second: Mapped[float | None] = mapped_column(Double)
    video_codec: Mapped[str | None] = mapped_column(String(40))
    audio_codec: Mapped[str | None] = mapped_column(String(40))
    language: Mapped[str | None] = mapped_column(String(12))

    # The web-ready file, its poster, and the captions beside it; set by the stage `rendered`.
    web_key: Mapped[str | None] = mapped_column(String(300))
    poster_key: Mapped[str | None] = mapped_column(String(300))
    created_at: Mapped[float] = mapped_column(Double)
    updated_at: Mapped[float] = mapped_column(Double)


class TranscriptPart(Base):
    """What was heard in one piece of an episode: a checkpoint, so that a killed worker goes on with the next piece.

    `segments` is a list of `{start, end, text, words: [{start, end, text, confidence}]}`.
    """

    __tablename__ = "transcript_part"

    episode_id: Mapped[str] = mapped_column(ForeignKey("episode.id", ondelete="CASCADE"), primary_key=True)
    engine: Mapped[str] = mapped_column(String(60), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    start_seconds: Mapped[float] = mapped_column(Double)
    end_seconds: Mapped[float] = mapped_column(Double)
    language: Mapped[str | None] = mapped_column(String(12))
    segments: Mapped[list[dict[str, Any]]] = mapped_column(JSON)


class Transcript(Base):
    """All that was said in an episode, in order; `segments` as in `TranscriptPart`, maybe with a `speaker`."""

    __tablename__ = "transcript"

    episode_id: Mapped[str] = mapped_column(ForeignKey("episode.id", ondelete="CASCADE"), primary_key=True)
    engine: Mapped[str] = mapped_column(String(60))
    language: Mapped[str | None] = mapped_column(String(12))
    segments: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    text: Mapped[str] = mapped_column(Text)
    job_id: Mapped[str | None] = mapped_column(String(26))  # that made it; null: before this was kept
    created_at: Mapped[float] = mapped_column(Double)


class Enrichment(Base):
    """What was found in a transcript.

    `topics`: `[{name, weight, mentions: [seconds]}]`; `key_sentences`: `[{start, end, text, score}]`; `chapters`:
    `[{start, end, title}]`; `speakers`: `[{name, seconds}]`, empty where the engine cannot tell them apart.
    """

    __tablename__ = "enrichment"

    episode_id: Mapped[str] = mapped_column(ForeignKey("episode.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[str] = mapped_column(String(20))
    topics: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    key_sentences: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    chapters: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    speakers: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    created_at: Mapped[float] = mapped_column(Double)


class Clip(Base):
    """A passage that is worth cutting out; `score` runs from 0 to 100, `reason` is a sentence."""

    __tablename__ = "clip"
    __table_args__ = (Index("ix_clip_episode", "episode_id", "start_seconds", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    episode_id: Mapped[str] = mapped_column(ForeignKey("episode.id", ondelete="CASCADE"))
    start_seconds: Mapped[float] = mapped_column(Double)
    end_seconds: Mapped[float] = mapped_column(Double)
    title: Mapped[str] = mapped_column(String(300))
    reason: Mapped[str] = mapped_column(String(300), default="")
    score: Mapped[int]
    created_at: Mapped[float] = mapped_column(Double)


class Rendition(Base):
    """A file made of a clip: one for each variant (clean, subtitled) and aspect ratio (9x16, 16x9, 1x1)."""

    __tablename__ = "rendition"
    __table_args__ = (UniqueConstraint("clip_id", "variant", "aspect_ratio"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    clip_id: Mapped[int] = mapped_column(ForeignKey("clip.id", ondelete="CASCADE"))
    variant: Mapped[str] = mapped_column(String(12))
    aspect_ratio: Mapped[str] = mapped_column(String(8))
    file_key: Mapped[str] = mapped_column(String(300))
    poster_key: Mapped[str] = mapped_column(String(300))
    width: Mapped[int]
    height: Mapped[int]
    duration_seconds: Mapped[float] = mapped_column(Double)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[float] = mapped_column(Double)


class Upload(Base):
    """A file on its way in, in as many pieces as it takes. `purpose` says what becomes of it; its bytes lie in
    `DATA_DIR/uploads` under its id, and how many are there is what that file's size says."""

    __tablename__ = "upload"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    purpose: Mapped[str] = mapped_column(String(20))
    file_name: Mapped[str] = mapped_column(String(300))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # what was said of it: a title, an id
    made_id: Mapped[str | None] = mapped_column(String(80))  # the id of what became of it, once it is all there
    created_at: Mapped[float] = mapped_column(Double)
    updated_at: Mapped[float] = mapped_column(Double, index=True)
