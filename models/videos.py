"""Videos: uploaded, or made of segments; and the runs that look for those which nobody has picked up."""

from sqlalchemy import JSON, BigInteger, Double, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from extensions import Base


class Video(Base):
    """A video: uploaded, or made of segments. `services/videos/states.py` defines what its `status` may be.

    `render_id` is the render whose outcome it takes, the last that was asked for. `upload_id` is the upload that brings
    its file, and `job_id` its last run of initial processing; `failures` counts its runs since the last good one that
    failed, and no run is made by itself before `recover_at`.
    """

    __tablename__ = "video"
    __table_args__ = (
        Index("ix_video_status", "status", "created_at", "id"),
        Index("ix_video_owner", "owner_id", "created_at", "id"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    tenant_id: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(300), default="")
    status: Mapped[str] = mapped_column(String(12))
    file_url: Mapped[str | None] = mapped_column(String(2000))
    media_key: Mapped[str | None] = mapped_column(String(300))
    render_id: Mapped[str | None] = mapped_column(String(26))
    # Of those that were uploaded.
    upload_id: Mapped[str | None] = mapped_column(String(26), index=True)
    file_name: Mapped[str | None] = mapped_column(String(300))
    sha256: Mapped[str | None] = mapped_column(String(64))  # as the sender gave it, in lower-case hexadecimals
    job_id: Mapped[str | None] = mapped_column(String(26))
    run_ended_at: Mapped[float | None] = mapped_column(Double)
    failures: Mapped[int] = mapped_column(default=0)
    recover_at: Mapped[float | None] = mapped_column(Double)
    problem: Mapped[str | None] = mapped_column(String(60))  # a code
    problem_text: Mapped[str | None] = mapped_column(String(500))
    # What its initial processing has found and made.
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    duration_seconds: Mapped[float | None] = mapped_column(Double)
    width: Mapped[int | None]
    height: Mapped[int | None]
    frames_per_second: Mapped[float | None] = mapped_column(Double)
    video_codec: Mapped[str | None] = mapped_column(String(40))
    audio_codec: Mapped[str | None] = mapped_column(String(40))
    poster_key: Mapped[str | None] = mapped_column(String(300))
    preview_key: Mapped[str | None] = mapped_column(String(300))
    web_key: Mapped[str | None] = mapped_column(String(300))
    processed_at: Mapped[float | None] = mapped_column(Double)
    created_at: Mapped[float] = mapped_column(Double)
    updated_at: Mapped[float] = mapped_column(Double)


class RecoveryRun(Base):
    """One look for stuck videos, and how many were found, started again, left alone, or could not be started.

    `id` is the job's that did it, or, where a script did, one of its own. `reasons` counts those left alone by why. A
    dry run leaves no trace.
    """

    __tablename__ = "recovery_run"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    started_by: Mapped[str] = mapped_column(String(120))
    started_at: Mapped[float] = mapped_column(Double, index=True)
    ended_at: Mapped[float | None] = mapped_column(Double)
    found: Mapped[int] = mapped_column(default=0)
    triggered: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    reasons: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)


class RecoveryItem(Base):
    """What a recovery run did about one video. Never changed, and kept when the video goes.

    `outcome` is triggered, skipped or failed; `reason` why it was skipped, or what was in the way. Of those that a run
    skipped only the first are kept.
    """

    __tablename__ = "recovery_item"
    __table_args__ = (Index("ix_recovery_item_video", "video_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("recovery_run.id", ondelete="CASCADE"), index=True)
    video_id: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(300))
    tenant_id: Mapped[str] = mapped_column(String(64))
    video_created_at: Mapped[float] = mapped_column(Double)
    outcome: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(300), default="")
    job_id: Mapped[str | None] = mapped_column(String(26))
    at: Mapped[float] = mapped_column(Double)
