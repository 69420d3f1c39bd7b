"""Footage: clips of raw material, frames of them, and the history of how each came through the pipeline.

Places of files are keys of the storage, instants within a recording are seconds from its start, and embeddings are
little-endian float32 numbers of length 1 (a unit vector), comparable only where `embedder` is the same.
"""

from typing import Any

from sqlalchemy import JSON, BigInteger, Double, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from extensions import Base

# SQLite gives the highest ids out again once their rows are deleted, unless told otherwise.
NEVER_REUSED = {"sqlite_autoincrement": True}


class Counter(Base):
    """The last number that was given out under a name, so that none is given twice, not even after a deletion."""

    __tablename__ = "counter"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    last: Mapped[int]


class Footage(Base):
    """A clip of raw material. `services/footage/states.py` defines what its `status` may be.

    `resume_status` is where it goes on once a person has written what was missing (`awaits` says what that is).
    `failures` counts those in a row at one step; `retry_at` is when it is taken up again; a record that was set
    aside as failed has in `resume_status` where it failed.
    """

    __tablename__ = "footage"
    __table_args__ = (
        Index("ix_footage_status", "status", "retry_at", "id"),
        Index("ix_footage_owner_status", "owner_id", "status", "id"),
        Index("ix_footage_owner_entered", "owner_id", "status", "entered_at", "id"),
        Index("ix_footage_owner_created", "owner_id", "created_at", "id"),
        UniqueConstraint("owner_id", "source"),  # the same file or address is taken in once
    )

    id: Mapped[str] = mapped_column(String(12), primary_key=True)  # AF0001
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    status: Mapped[str] = mapped_column(String(30))
    resume_status: Mapped[str | None] = mapped_column(String(30))
    entered_at: Mapped[float] = mapped_column(Double)  # when it came to its status
    failures: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[float | None] = mapped_column(Double)
    error_code: Mapped[str | None] = mapped_column(String(60))
    error: Mapped[str | None] = mapped_column(String(500))

    # What people say of it, or a page that they named. `metadata_at` is when a person last wrote any of it.
    title: Mapped[str] = mapped_column(String(300), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    keywords: Mapped[list[str]] = mapped_column(JSON, default=list)
    source_url: Mapped[str | None] = mapped_column(String(2000))
    metadata_at: Mapped[float | None] = mapped_column(Double)
    # {title, description, keywords, open_graph, schema_org, url, status, problem, read_at}: what the page says.
    scraped: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    # {score, is_good, reasons, judged_at}: whether what is known of it is enough to go on with.
    judgement: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    awaits: Mapped[str | None] = mapped_column(String(500))

    # Where its file came from, and where it lies: `upload:<name>` in the uploads, a path, or an address.
    source: Mapped[str | None] = mapped_column(String(1000))
    file_name: Mapped[str] = mapped_column(String(300), default="")
    media_key: Mapped[str | None] = mapped_column(String(300))
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    duration_seconds: Mapped[float | None] = mapped_column(Double)
    width: Mapped[int | None]
    height: Mapped[int | None]
    frames_per_second: Mapped[float | None] = mapped_column(Double)
    video_codec: Mapped[str | None] = mapped_column(String(40))
    audio_codec: Mapped[str | None] = mapped_column(String(40))
    # {container, streams: [{kind, codec, …}], timecode, recorded_at, bit_rate}.
    info: Mapped[dict[str, Any] | None] = mapped_column(JSON)

    poster_key: Mapped[str | None] = mapped_column(String(300))
    sheet_key: Mapped[str | None] = mapped_column(String(300))
    language: Mapped[str | None] = mapped_column(String(12))

    # What was made of all of it, in the end.
    made_title: Mapped[str | None] = mapped_column(String(300))
    made_description: Mapped[str | None] = mapped_column(Text)
    tags: Mapped[list[str]] = mapped_column(JSON, default=list)
    describer: Mapped[str | None] = mapped_column(String(120))
    embedding: Mapped[bytes | None] = mapped_column(LargeBinary)
    embedder: Mapped[str | None] = mapped_column(String(120))

    created_at: Mapped[float] = mapped_column(Double)
    updated_at: Mapped[float] = mapped_column(Double)


class Frame(Base):
    """A moment of a piece of footage, and the stretch around it that it stands for (`start_seconds` to `end_seconds`).

    `seen` is what was found in the picture: `{text: [words], colours: [{name, hex, share}], brightness, sharpness,
    motion, …}`, shares and measures from 0 to 1.
    """

    __tablename__ = "frame"
    __table_args__ = (
        UniqueConstraint("footage_id", "position"),
        Index("ix_frame_status", "status", "retry_at", "id"),
        Index("ix_frame_footage_status", "footage_id", "status"),
        NEVER_REUSED,  # jobs name a frame by its id alone
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    footage_id: Mapped[str] = mapped_column(ForeignKey("footage.id", ondelete="CASCADE"))
    position: Mapped[int]  # from 1
    at_seconds: Mapped[float] = mapped_column(Double)
    start_seconds: Mapped[float] = mapped_column(Double)
    end_seconds: Mapped[float] = mapped_column(Double)
    status: Mapped[str] = mapped_column(String(30))
    resume_status: Mapped[str | None] = mapped_column(String(30))
    entered_at: Mapped[float] = mapped_column(Double)
    failures: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[float | None] = mapped_column(Double)
    error_code: Mapped[str | None] = mapped_column(String(60))
    error: Mapped[str | None] = mapped_column(String(500))
    thumbnail_key: Mapped[str | None] = mapped_column(String(300))
    caption: Mapped[str | None] = mapped_column(Text)
    captioner: Mapped[str | None] = mapped_column(String(120))
    seen: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    speech: Mapped[str | None] = mapped_column(Text)
    embedding: Mapped[bytes | None] = mapped_column(LargeBinary)
    embedder: Mapped[str | None] = mapped_column(String(120))
    created_at: Mapped[float] = mapped_column(Double)
    updated_at: Mapped[float] = mapped_column(Double)


class FootageEvent(Base):
    """One move of one record, or of one of its frames, written in the transaction that made it; or a failure, of which
    `to_status` is where it stays. Never changed."""

    __tablename__ = "footage_event"
    __table_args__ = (
        Index("ix_footage_event_footage", "footage_id", "id"),
        Index("ix_footage_event_at", "at"),
        NEVER_REUSED,  # who follows the history asks for what is newer than an id
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    footage_id: Mapped[str] = mapped_column(ForeignKey("footage.id", ondelete="CASCADE"))
    frame_position: Mapped[int | None]  # null: of the footage itself
    from_status: Mapped[str | None] = mapped_column(String(30))
    to_status: Mapped[str] = mapped_column(String(30))
    step: Mapped[str | None] = mapped_column(String(30))
    note: Mapped[str] = mapped_column(String(500), default="")
    is_failure: Mapped[bool] = mapped_column(default=False)
    job_id: Mapped[str | None] = mapped_column(String(26))
    by: Mapped[str] = mapped_column(String(120), default="")  # the person, where it was one
    at: Mapped[float] = mapped_column(Double)


class FootageSpeechPart(Base):
    """What was heard in one piece of footage's sound: a checkpoint, as `TranscriptPart` is for episodes."""

    __tablename__ = "footage_speech_part"

    footage_id: Mapped[str] = mapped_column(ForeignKey("footage.id", ondelete="CASCADE"), primary_key=True)
    engine: Mapped[str] = mapped_column(String(60), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    start_seconds: Mapped[float] = mapped_column(Double)
    end_seconds: Mapped[float] = mapped_column(Double)
    language: Mapped[str | None] = mapped_column(String(12))
    segments: Mapped[list[dict[str, Any]]] = mapped_column(JSON)


class FootageSpeech(Base):
    """All that was said in a piece of footage, in order; `segments` as in `TranscriptPart`."""

    __tablename__ = "footage_speech"

    footage_id: Mapped[str] = mapped_column(ForeignKey("footage.id", ondelete="CASCADE"), primary_key=True)
    engine: Mapped[str] = mapped_column(String(60))
    language: Mapped[str | None] = mapped_column(String(12))
    segments: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[float] = mapped_column(Double)
