"""What people are told, and where; what operators are warned of; and when queues stand still for maintenance.

Instants are seconds since the epoch, by the database's clock.
"""

from sqlalchemy import JSON, Double, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from extensions import Base


class NoticeAddress(Base):
    """Where somebody is told of `events`: an Apprise URL, sealed since it holds passwords (`services/vault.py`).

    `lease_until` is that of whoever sends to it just now. After a failure nothing is sent before `not_before`.
    """

    __tablename__ = "notice_address"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    url: Mapped[bytes] = mapped_column(LargeBinary)
    shown: Mapped[str] = mapped_column(String(300))  # the URL without its secrets
    events: Mapped[list[str]] = mapped_column(JSON)
    min_seconds: Mapped[float] = mapped_column(Double)  # of jobs that ended well: only those that took so long
    failures: Mapped[int]  # in a row
    failing_since: Mapped[float | None] = mapped_column(Double)
    not_before: Mapped[float | None] = mapped_column(Double)
    lease_until: Mapped[float | None] = mapped_column(Double)
    tried_at: Mapped[float | None] = mapped_column(Double)
    told_at: Mapped[float | None] = mapped_column(Double)
    last_error: Mapped[str | None] = mapped_column(String(300))  # null: the last message arrived
    disabled_at: Mapped[float | None] = mapped_column(Double)
    created_at: Mapped[float] = mapped_column(Double)


class Notice(Base):
    """One sentence that is owed to an address. `about` is the same for the same news, so that it is told once."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("address_id", "about"),
        Index("ix_notice_due", "state", "due_at"),
        Index("ix_notice_address", "address_id", "state", "id"),
        Index("ix_notice_created_at", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    address_id: Mapped[int] = mapped_column(ForeignKey("notice_address.id", ondelete="CASCADE"))
    event: Mapped[str] = mapped_column(String(40))
    about: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(String(600))
    path: Mapped[str] = mapped_column(String(300))  # of the page, after the base address
    state: Mapped[str] = mapped_column(String(10))  # pending, sent, or dropped
    due_at: Mapped[float] = mapped_column(Double)
    created_at: Mapped[float] = mapped_column(Double)
    ended_at: Mapped[float | None] = mapped_column(Double)


class AlertRule(Base):
    """When an operator is to be warned. `seen_since`: what it warns of holds; `told_at`: and was told last then.

    `threshold` is in minutes, jobs or workers, as its kind has it.
    """

    __tablename__ = "alert_rule"

    id: Mapped[int] = mapped_column(primary_key=True)
    address_id: Mapped[int] = mapped_column(ForeignKey("notice_address.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    queue: Mapped[str | None] = mapped_column(String(20))  # null: any
    threshold: Mapped[float] = mapped_column(Double)
    window_minutes: Mapped[float] = mapped_column(Double)
    seen_since: Mapped[float | None] = mapped_column(Double)
    told_at: Mapped[float | None] = mapped_column(Double)
    created_by: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[float] = mapped_column(Double)


class MaintenanceWindow(Base):
    """When queues are held back: on days of the week (0 is Monday), or once on a day, from a time of that zone."""

    __tablename__ = "maintenance_window"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    queues: Mapped[list[str]] = mapped_column(JSON)
    weekdays: Mapped[list[int]] = mapped_column(JSON)  # empty: once
    day: Mapped[str | None] = mapped_column(String(10))  # YYYY-MM-DD, of one that comes once
    start: Mapped[str] = mapped_column(String(5))  # HH:MM
    minutes: Mapped[int]
    time_zone: Mapped[str] = mapped_column(String(64))
    ended_start: Mapped[float | None] = mapped_column(Double)  # when that one began which somebody ended early
    created_by: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[float] = mapped_column(Double)


class MaintenanceHold(Base):
    """That a window took hold of a queue, so that it does so once: who resumes the queue meanwhile has it run."""

    __tablename__ = "maintenance_hold"

    window_id: Mapped[int] = mapped_column(ForeignKey("maintenance_window.id", ondelete="CASCADE"), primary_key=True)
    starts_at: Mapped[float] = mapped_column(Double, primary_key=True)
    queue: Mapped[str] = mapped_column(String(20), primary_key=True)
    ends_at: Mapped[float] = mapped_column(Double)
