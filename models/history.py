"""What became of jobs, counted; kept when the jobs have been pruned. Instants are seconds since the epoch."""

from sqlalchemy import JSON, Double, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from extensions import Base


class JobStat(Base):
    """Jobs of one type in one queue during one stretch of time, counted after the stretch is over.

    `created` counts those that came in during it, the others those that ended in it. The histograms are of seconds in
    logarithmic classes, `{"<class>": count}`, so that stretches can be added up and percentiles read from the sum.
    """

    __tablename__ = "job_stat"

    bucket_at: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # the first second of the stretch
    resolution_seconds: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    queue: Mapped[str] = mapped_column(String(20), primary_key=True)
    type: Mapped[str] = mapped_column(String(40), primary_key=True)
    created: Mapped[int] = mapped_column(default=0)
    finished: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    canceled: Mapped[int] = mapped_column(default=0)
    wait_seconds: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    run_seconds: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)


class ErrorGroup(Base):
    """Failures that are the same one: of one job type, one kind of error, and one sentence but for its particulars."""

    __tablename__ = "error_group"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)  # the fingerprint
    type: Mapped[str] = mapped_column(String(40))
    error_code: Mapped[str] = mapped_column(String(60))
    sample: Mapped[str] = mapped_column(String(500))  # the sentence as it was last seen
    sample_job_id: Mapped[str] = mapped_column(String(26))
    first_seen_at: Mapped[float] = mapped_column(Double)
    last_seen_at: Mapped[float] = mapped_column(Double)
    count: Mapped[int]  # ever
    muted_at: Mapped[float | None] = mapped_column(Double)


class ErrorStat(Base):
    """How often an error group was seen during one hour."""

    __tablename__ = "error_stat"
    __table_args__ = (Index("ix_error_stat_at", "bucket_at"),)

    group_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    bucket_at: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int]


class RollUp(Base):
    """How far a count has come: everything before `done_until` is in the history."""

    __tablename__ = "roll_up"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    done_until: Mapped[int]
