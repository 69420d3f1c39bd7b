"""Renders: what an outside renderer was asked to make, each call about it, and the segments that it is for.

A file is an address where the renderer has put it (`file_url`), and the key of our own copy of it (`media_key`) where
there is one.
"""

from typing import Any

from sqlalchemy import JSON, BigInteger, Double, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from extensions import Base


class Segment(Base):
    """A part of a video: a voice and a picture that are combined. `render_id` as in `Video`."""

    __tablename__ = "segment"
    __table_args__ = (
        Index("ix_segment_video", "video_id", "position"),
        Index("ix_segment_owner", "owner_id", "created_at", "id"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    video_id: Mapped[str | None] = mapped_column(ForeignKey("video.id", ondelete="SET NULL"))
    position: Mapped[int | None]  # within its video, from 1
    name: Mapped[str] = mapped_column(String(300), default="")
    voice_url: Mapped[str | None] = mapped_column(String(2000))
    video_url: Mapped[str | None] = mapped_column(String(2000))
    status: Mapped[str] = mapped_column(String(12))
    file_url: Mapped[str | None] = mapped_column(String(2000))
    media_key: Mapped[str | None] = mapped_column(String(300))
    render_id: Mapped[str | None] = mapped_column(String(26))
    created_at: Mapped[float] = mapped_column(Double)
    updated_at: Mapped[float] = mapped_column(Double)


class Render(Base):
    """One thing that the renderer is to make. `services/renders/states.py` defines what its `status` may be.

    `active_key` is unique while the render is under way and null once it is over, so that a target has one at a time.
    `token_hash` is the SHA-256 of what stands in the address that the renderer calls; `token` is that, sealed, for
    asking again. Whoever asks the renderer holds `asking_until`; `asks` counts how often it was asked.
    """

    __tablename__ = "render"
    __table_args__ = (
        Index("ix_render_due", "status", "check_at", "id"),
        Index("ix_render_owner", "owner_id", "status", "id"),
        Index("ix_render_target", "target_type", "target_id", "id"),
        Index("ix_render_external", "external_job_id"),
        Index("ix_render_finished", "finished_at", "found_by"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)  # a ULID
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    operation: Mapped[str] = mapped_column(String(20))
    target_type: Mapped[str] = mapped_column(String(10))
    target_id: Mapped[str] = mapped_column(String(64))
    inputs: Mapped[dict[str, Any]] = mapped_column(JSON)
    active_key: Mapped[str | None] = mapped_column(String(100), unique=True)
    external_job_id: Mapped[str | None] = mapped_column(String(100))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    token: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[str] = mapped_column(String(12))
    found_by: Mapped[str | None] = mapped_column(String(8))  # webhook or poll; null: it never got to the renderer
    note: Mapped[str] = mapped_column(String(500), default="")
    output_url: Mapped[str | None] = mapped_column(String(2000))
    error: Mapped[str | None] = mapped_column(String(500))
    is_contradicted: Mapped[bool] = mapped_column(default=False)  # told otherwise after its end
    asks: Mapped[int] = mapped_column(default=0)
    asking_until: Mapped[float | None] = mapped_column(Double)
    asked_at: Mapped[float | None] = mapped_column(Double)  # when the renderer took it
    retried_at: Mapped[float | None] = mapped_column(Double)  # when it was last begun anew, with another token
    told_done_at: Mapped[float | None] = mapped_column(Double)  # when the renderer first said so, without an output
    # Looking instead of waiting: when next, when last, how often, how often in vain because nobody answered.
    check_at: Mapped[float | None] = mapped_column(Double)
    checked_at: Mapped[float | None] = mapped_column(Double)
    checks: Mapped[int] = mapped_column(default=0)
    check_errors: Mapped[int] = mapped_column(default=0)
    output_at: Mapped[float | None] = mapped_column(Double)  # when the output appeared, where that is known
    output_bytes: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[float] = mapped_column(Double)
    finished_at: Mapped[float | None] = mapped_column(Double)
    updated_at: Mapped[float] = mapped_column(Double)


class RenderEvent(Base):
    """Something that was said of a render, by the renderer's call (`webhook`) or by looking (`poll`), and what became
    of it (`services/renders/events.py`). Never changed."""

    __tablename__ = "render_event"
    __table_args__ = (Index("ix_render_event_render", "render_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    render_id: Mapped[str] = mapped_column(ForeignKey("render.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(14))
    said_by: Mapped[str] = mapped_column(String(8))
    said: Mapped[str | None] = mapped_column(String(10))  # the status that was told: completed, failed
    external_job_id: Mapped[str | None] = mapped_column(String(100))
    note: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[float] = mapped_column(Double)


class RenderCycle(Base):
    """One cycle that looked for the outputs of renders: how many it looked at, and what became of them.

    `id` is the job's that went through it.
    """

    __tablename__ = "render_cycle"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    started_at: Mapped[float] = mapped_column(Double, index=True)
    ended_at: Mapped[float | None] = mapped_column(Double)
    checked: Mapped[int] = mapped_column(default=0)
    completed: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    expired: Mapped[int] = mapped_column(default=0)
    still_processing: Mapped[int] = mapped_column(default=0)
    errors: Mapped[int] = mapped_column(default=0)  # looks that nobody answered
