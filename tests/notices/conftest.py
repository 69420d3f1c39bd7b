"""Somebody who wants to be told, real receivers on this machine, and jobs that end."""

from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import insert, update

from extensions import db_now, transaction
from models import Job, Notice, NoticeAddress, User
from services import vault
from services.jobs import endings, states
from services.jobs.submit import submit
from services.notices import delivery
from services.notices.events import CHOSEN
from tests.ops.launching import free_port
from tests.servers.sink import Sink, sink


class Mailbox:
    """What a mail server has taken, in order; `answer` is what it says to each message."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.answer = "250 taken"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        message = BytesParser(policy=default).parsebytes(envelope.original_content or b"")
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        return self.answer


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, str]]:
    """A real mail server, and the Apprise URL that leads to it."""
    box = Mailbox()
    port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, f"mailto://127.0.0.1:{port}?from=backbeat@example.org&to=vera@example.org&mode=insecure"
    controller.stop(no_assert=True)


@pytest.fixture
def receiver() -> Iterator[Sink]:
    with sink() as listening:
        yield listening


AddressFor = Callable[..., int]


@pytest.fixture
def address_for(owner: User) -> AddressFor:
    """Makes an address of the owner's that wants all events, or those that are said; nobody looks whether it is one."""
    owner_id = owner.id

    def make(url: str, events: tuple[str, ...] = CHOSEN, *, min_seconds: float = 0.0) -> int:
        facts = {"name": "Where I look", "shown": "json://…", "events": list(events), "min_seconds": min_seconds}
        kept = {"url": vault.seal(url), "failures": 0, "created_at": db_now()}
        made = insert(NoticeAddress).values(owner_id=owner_id, **facts, **kept).returning(NoticeAddress.id)
        with transaction() as session:
            return int(session.execute(made).scalar_one())

    return make


@pytest.fixture
def end_a_job(owner: User) -> Callable[..., str]:
    """Submits a job of the owner's and ends it."""
    owner_id = owner.id

    def end(title: str = "Sixty songs", status: str = states.FINISHED, seconds: float = 180.0, **values: Any) -> str:
        job_id = submit("analyze_playlist", owner_id=owner_id, title=title, target_id=title).job_id
        with transaction() as session:
            session.execute(update(Job).where(Job.id == job_id).values(started_at=db_now() - seconds))
            assert endings.end(session, Job.id == job_id, status, from_status=states.QUEUED, **values)
        return job_id

    return end


def let_it_be_due() -> None:
    """As if the minute in which news are gathered were over."""
    with transaction() as session:
        session.execute(update(Notice).values(due_at=db_now() - 1))
        session.execute(update(NoticeAddress).values(not_before=None))


def send_all() -> None:
    for address_id in delivery.due(limit=100):
        delivery.deliver(address_id)
