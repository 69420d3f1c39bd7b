"""What operators did, and what runs by the clock. Instants are seconds since the epoch, by the database's clock."""

from typing import Any

from sqlalchemy import JSON, Double, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from extensions import Base


class AuditEntry(Base):
    """One thing that somebody did to jobs, queues, workers or schedules.

    `outcome` is `running` for work that a job does in the background, then `done`, `refused`, `failed` or `canceled`.
    It outlives the jobs that it names.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_action", "action", "id"),
        Index("ix_audit_entry_actor", "actor", "id"),
        Index("ix_audit_entry_target", "target_type", "target_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[float] = mapped_column(Double)
    actor: Mapped[str] = mapped_column(String(120))
    action: Mapped[str] = mapped_column(String(40))
    target_type: Mapped[str] = mapped_column(String(20))  # services.audit_log.TARGET_TYPES
    target_id: Mapped[str] = mapped_column(String(120), default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # a filter, a reason
    matched: Mapped[int | None]
    changed: Mapped[int | None]
    skipped: Mapped[int | None]
    outcome: Mapped[str] = mapped_column(String(10))
    message: Mapped[str] = mapped_column(String(500), default="")
    job_id: Mapped[str | None] = mapped_column(String(26))  # the background job that does it
    ended_at: Mapped[float | None] = mapped_column(Double)


class Schedule(Base):
    """A line of the schedule table as it stands: what is in the code, and what operators made of it."""

    __tablename__ = "schedule"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    cron: Mapped[str] = mapped_column(String(100))  # in UTC
    paused: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(200), default="")
    changed_by: Mapped[str] = mapped_column(String(120), default="")
    changed_at: Mapped[float] = mapped_column(Double)
    next_at: Mapped[float | None] = mapped_column(Double)  # null while paused


class ScheduleRun(Base):
    """One time that a schedule was due, or was told to run. The constraint lets one janitor only take it."""

    __tablename__ = "schedule_run"
    __table_args__ = (UniqueConstraint("name", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    at: Mapped[float] = mapped_column(Double)  # when it was due
    started_at: Mapped[float] = mapped_column(Double)
    started_by: Mapped[str] = mapped_column(String(120), default="")  # empty: the clock
    job_id: Mapped[str | None] = mapped_column(String(26))
    note: Mapped[str] = mapped_column(String(300), default="")
