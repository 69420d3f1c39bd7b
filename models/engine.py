"""Rows of the job engine. Every instant is in seconds since the epoch, by the database's clock."""

from typing import Any

from sqlalchemy import JSON, Double, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from extensions import Base

# Conditions of partial indexes; a query that repeats one is served by the index.
_TOP_LEVEL = text("parent_id IS NULL")
# Only children have a position. No other index begins with it, so that no planner takes one and sorts.
_ALONE = text("position IS NULL")
_ENDED_ALONE = text("position IS NULL AND ended_at IS NOT NULL")
_WAITS_IN_LINE = text("parent_id IS NULL AND status = 'queued'")
_WAITS_ALONE = text("position IS NULL AND status = 'queued'")
_IS_GROUPED = text("error_group IS NOT NULL")
_WAITS_FOR_ONE = text("after_id IS NOT NULL")
_HAS_ERROR = text("error IS NOT NULL")


class Job(Base):
    """A promise to do some work, and its own outbox: a queued row is rung for until somebody claims it.

    `attempt` is the fencing token: every write by whoever runs the job says `WHERE id = … AND attempt = … AND
    status = 'started'`. `active_key` is unique while the job is live and null once it is over, so that a constraint
    decides which of two submissions is first.
    """

    __tablename__ = "job"
    __table_args__ = (
        UniqueConstraint("parent_id", "position"),
        Index("ix_job_claim", "parent_id", "status", "queue", "due_at"),
        Index("ix_job_parent_status", "parent_id", "status", "position"),
        Index("ix_job_due", "status", "due_at"),
        Index("ix_job_parent_updated", "parent_id", "updated_at"),
        Index("ix_job_top_level", "parent_id", "id"),
        Index("ix_job_target", "target_type", "target_id", "id"),
        Index("ix_job_lease", "status", "lease_until"),
        Index("ix_job_ended", "status", "ended_at"),
        Index("ix_job_counts", "status", "queue", "children_total"),
        # The operators' lists, newest first; children are listed with their parent, so they cost these nothing.
        *(
            Index(f"ix_job_list_{column}", column, "id", sqlite_where=_TOP_LEVEL, postgresql_where=_TOP_LEVEL)
            for column in ("status", "type", "queue", "owner_id")
        ),
        Index("ix_job_list", "id", sqlite_where=_ALONE, postgresql_where=_ALONE),
        Index("ix_job_list_ended", "ended_at", "id", sqlite_where=_ENDED_ALONE, postgresql_where=_ENDED_ALONE),
        Index("ix_job_line", "queue", "due_at", "id", sqlite_where=_WAITS_IN_LINE, postgresql_where=_WAITS_IN_LINE),
        Index(
            "ix_job_turn",
            *("queue", "type", "owner_id", "due_at", "position", "status"),
            sqlite_where=_WAITS_ALONE,
            postgresql_where=_WAITS_ALONE,
        ),
        Index("ix_job_error_group", "error_group", "id", sqlite_where=_IS_GROUPED, postgresql_where=_IS_GROUPED),
        Index("ix_job_after", "after_id", sqlite_where=_WAITS_FOR_ONE, postgresql_where=_WAITS_FOR_ONE),
        Index("ix_job_error", "id", sqlite_where=_HAS_ERROR, postgresql_where=_HAS_ERROR),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    type: Mapped[str] = mapped_column(String(40))
    target_type: Mapped[str | None] = mapped_column(String(20))
    target_id: Mapped[str | None] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(300), default="")
    params: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    queue: Mapped[str] = mapped_column(String(20))
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("job.id", ondelete="CASCADE"))
    position: Mapped[int | None]
    # While it is deferred: the job whose end it waits for. Like the next, it may name what is gone by now.
    after_id: Mapped[str | None] = mapped_column(String(26))
    # The endpoint that was named with it; standing ones are told besides.
    webhook_id: Mapped[int | None]
    tags: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    active_key: Mapped[str | None] = mapped_column(String(200), unique=True)

    status: Mapped[str] = mapped_column(String(10))
    attempt: Mapped[int] = mapped_column(default=1)
    max_attempts: Mapped[int] = mapped_column(default=1)
    crash_count: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[float] = mapped_column(Double)
    dispatch_no: Mapped[int] = mapped_column(default=0)
    dispatched_at: Mapped[float | None] = mapped_column(Double)
    lease_owner: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[float | None] = mapped_column(Double)
    cancel_requested_at: Mapped[float | None] = mapped_column(Double)
    # Set once a parent has made all its children: it is started, yet nobody runs it, and the gate will end it.
    children_total: Mapped[int | None]

    progress: Mapped[float] = mapped_column(Double, default=0.0)
    step: Mapped[str] = mapped_column(String(40), default="")
    message: Mapped[str] = mapped_column(String(300), default="")
    current: Mapped[int | None]
    total: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)
    # What the last attempt spent its time on, in order: [{"name": …, "seconds": …}].
    steps: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON)

    worker: Mapped[str | None] = mapped_column(String(120))
    created_at: Mapped[float] = mapped_column(Double)
    started_at: Mapped[float | None] = mapped_column(Double)
    ended_at: Mapped[float | None] = mapped_column(Double)
    updated_at: Mapped[float] = mapped_column(Double)

    error_code: Mapped[str | None] = mapped_column(String(60))
    error: Mapped[str | None] = mapped_column(String(500))
    error_detail: Mapped[str | None] = mapped_column(Text)
    # Which failures are the same one; set while the job stands failed, null otherwise.
    error_group: Mapped[str | None] = mapped_column(String(16))
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    result_url: Mapped[str | None] = mapped_column(String(300))

    @property
    def waits_for_children(self) -> bool:
        """It is started, and nobody runs it: its last child will end it."""
        return self.status == "started" and self.children_total is not None


class JobEvent(Base):
    """One move of one job, written in the transaction that made it. Never changed."""

    __tablename__ = "job_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("job.id", ondelete="CASCADE"), index=True)
    attempt: Mapped[int]
    from_status: Mapped[str | None] = mapped_column(String(10))
    to_status: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(300), default="")
    at: Mapped[float] = mapped_column(Double)


class JobLog(Base):
    """A line that a job logged while it ran. `at` is by the worker's clock."""

    __tablename__ = "job_log"
    __table_args__ = (Index("ix_job_log_job", "job_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("job.id", ondelete="CASCADE"))
    attempt: Mapped[int]
    at: Mapped[float] = mapped_column(Double)
    level: Mapped[str] = mapped_column(String(10))
    message: Mapped[str] = mapped_column(Text)


class StepTiming(Base):
    """How long a step of a job type took so far, for estimates: an exponentially weighted history for each size."""

    __tablename__ = "step_timing"

    job_type: Mapped[str] = mapped_column(String(40), primary_key=True)
    step: Mapped[str] = mapped_column(String(40), primary_key=True)
    size_class: Mapped[int] = mapped_column(primary_key=True)  # floor(log2(size)) of the job
    samples: Mapped[int]
    mean_seconds: Mapped[float] = mapped_column(Double)
    variance: Mapped[float] = mapped_column(Double, default=0.0, server_default="0")  # in seconds squared


class QueueState(Base):
    """Whether a queue is paused. No row means that it is not."""

    __tablename__ = "queue_state"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    paused: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(200), default="")
    changed_at: Mapped[float] = mapped_column(Double)
    changed_by: Mapped[str] = mapped_column(String(120), default="", server_default="")
    until: Mapped[float | None] = mapped_column(Double)  # when the janitor resumes it; null: when somebody does


class Heartbeat(Base):
    """The last sign of life of a process that has no queue of its own, such as the janitor."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    host: Mapped[str] = mapped_column(String(120))
    pid: Mapped[int]
    at: Mapped[float] = mapped_column(Double)
