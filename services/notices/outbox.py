"""The notices that are owed, written in the transaction that causes them; `delivery` sends them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from ulid import ULID

from extensions import db_now, seekable_now, transaction
from models import Job, Notice, NoticeAddress, User
from services.jobs import states
from services.notices.events import TEST
from services.webhooks.outbox import EVENT_OF, Ended

# What ends within a minute is one message.
GATHER_SECONDS = 60.0
PENDING, SENT, DROPPED = "pending", "sent", "dropped"
KEPT_DAYS, DAY_SECONDS = 30, 86_400
PRUNE_BATCH = 1000
TEXT_MAX_CHARS = 600


@dataclass(frozen=True, slots=True)
class News:
    """One sentence, and the path of the page where there is more; `about` is the same for the same news."""

    event: str
    about: str
    text: str
    path: str


def queue_for(session: Session, jobs: Sequence[Ended], status: str) -> None:
    """Write down whom the end of these jobs is to be told; they have ended alike and are nobody's children.

    Where nobody wants to be told it is one SELECT, and none if the jobs have no owner.
    """
    owners = {job.owner_id for job in jobs} - {None}
    wanting = _wanting(session, owners, EVENT_OF[status]) if owners else []
    if not wanting:
        return
    columns = (Job.id, Job.owner_id, Job.attempt, Job.title, Job.type, Job.status, Job.error)
    told = (*columns, Job.started_at, Job.ended_at)
    for row in session.execute(select(*told).where(Job.id.in_([job.id for job in jobs]))):
        for address in wanting:
            if address.owner_id == row.owner_id and is_long_enough(row, address.min_seconds):
                owe(session, address.id, news_of(row), wait_seconds=GATHER_SECONDS)


def _wanting(session: Session, owners: set[int | None], event: str) -> list[Any]:
    columns = (NoticeAddress.id, NoticeAddress.owner_id, NoticeAddress.events, NoticeAddress.min_seconds)
    where = (NoticeAddress.owner_id.in_(owners), NoticeAddress.disabled_at.is_(None), User.disabled_at.is_(None))
    wanting = select(*columns).join(User, User.id == NoticeAddress.owner_id).where(*where)
    # PostgreSQL: one that is deleted at this moment must not make the work that is done fail.
    held = wanting.order_by(NoticeAddress.id).with_for_update(of=NoticeAddress, read=True, key_share=True)
    return [row for row in session.execute(held) if event in row.events]


def is_long_enough(job: Any, min_seconds: float) -> bool:
    """Whether it is worth telling; what went wrong always is."""
    return job.status != states.FINISHED or _seconds(job) >= min_seconds


def _seconds(job: Any) -> float:
    return float(job.ended_at - job.started_at) if job.started_at and job.ended_at else 0.0


def news_of(job: Any) -> News:
    """The sentence that tells of a job's end."""
    event = EVENT_OF[job.status]
    text = f"“{job.title or job.type}” {_ending(job)}"
    return News(event, f"{event}:{job.id}:{job.attempt}", text, f"/jobs/{job.id}")


def _ending(job: Any) -> str:
    if job.status == states.FAILED:
        return f"has failed: {job.error or 'nobody knows why'}"
    if job.status == states.CANCELED:
        return "was canceled."
    return f"has finished after {_in_words(_seconds(job))}."


def _in_words(seconds: float) -> str:
    """`40 s`, `7 min`, `2 h 5 min`. The end of a job must not depend on `services.fleet`, which looks at jobs."""
    minutes = round(seconds / 60)
    if seconds < 60:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def owe(session: Session, address_id: int, news: News, *, wait_seconds: float = 0.0) -> None:
    """Write it down for this address, unless it is there already."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(Notice).values(
        address_id=address_id,
        event=news.event,
        about=news.about,
        text=_tidy(news.text),
        path=news.path,
        state=PENDING,
        created_at=db_now(),
        due_at=db_now() + wait_seconds,
    )
    session.execute(statement.on_conflict_do_nothing(index_elements=[Notice.address_id, Notice.about]))


def _tidy(text: str) -> str:
    """On one line, and without what chats would take for a link, a command, or a call to everybody."""
    line = " ".join(text.split()).translate({ord("<"): "‹", ord(">"): "›", ord("@"): "＠"})
    return "".join(character for character in line if character.isprintable())[:TEXT_MAX_CHARS]


def trial_of(name: str) -> News:
    """What is sent to see whether it arrives."""
    return News(TEST, f"{TEST}:{ULID()}", f"This is a test of “{name}”: here you will be told.", "/account/notices")


def prune() -> int:
    """Forget what was told long ago, some of it at a time; how many went."""
    old = select(Notice.id).where(Notice.created_at < seekable_now() - KEPT_DAYS * DAY_SECONDS).limit(PRUNE_BATCH)
    with transaction() as session:
        ids = list(session.scalars(old))
        session.execute(delete(Notice).where(Notice.id.in_(ids)).execution_options(synchronize_session=False))
    return len(ids)
