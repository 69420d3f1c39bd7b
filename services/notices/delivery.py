"""Sending what is owed: one message for each address at a time, in threads of the janitor, each with an end in time.

It is sent at least once: who dies between the sending and the writing down leaves it to be sent again.
"""

import random
import threading
from collections.abc import Sequence

import structlog
from flask import Flask
from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from clients import apprise_process
from errors import Unavailable
from extensions import current_settings, db, db_now, seekable_now, transaction
from models import Notice, NoticeAddress, User
from services import vault
from services.notices import addresses, backoff, digest
from services.notices.events import TEST
from services.notices.outbox import DROPPED, PENDING, SENT

log = structlog.get_logger(__name__)

AT_ONCE = 4
IN_ONE_MESSAGE = 500
LEASE_SECONDS = 120.0  # far more than the sender may take


class Courier:
    """The threads of this process that send; each ends by itself."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._threads: list[threading.Thread] = []

    def deliver_due(self) -> None:
        """Begin to send what is due; the janitor's part. One SELECT if nothing is."""
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        for address_id in due(limit=AT_ONCE)[: AT_ONCE - len(self._threads)]:
            thread = threading.Thread(target=self._send, args=(address_id,), name="notices", daemon=True)
            thread.start()
            self._threads.append(thread)

    def _send(self, address_id: int) -> None:
        with self._app.app_context():
            try:
                deliver(address_id)
            except Exception:  # a thread has nobody else to tell; the lease runs out, and another round tries again
                log.exception("notice_not_sent", address_id=address_id)
            finally:
                db.session.remove()


def due(*, limit: int) -> list[int]:
    """The addresses to which something is to be sent now."""
    owed = (
        select(Notice.address_id)
        .where(Notice.state == PENDING, Notice.due_at <= seekable_now())
        .join(NoticeAddress, NoticeAddress.id == Notice.address_id)
        .where(_is_free())
        .distinct()
        .limit(limit)
    )
    ids = list(db.session.scalars(owed))
    db.session.rollback()
    return ids


def _is_free() -> ColumnElement[bool]:
    free = or_(NoticeAddress.lease_until.is_(None), NoticeAddress.lease_until < db_now())
    ready = or_(NoticeAddress.not_before.is_(None), NoticeAddress.not_before <= db_now())
    able = NoticeAddress.owner_id.in_(select(User.id).where(User.disabled_at.is_(None)))
    return and_(free, ready, able, NoticeAddress.disabled_at.is_(None))


def deliver(address_id: int) -> None:
    """Send all that this address is owed as one message, but no old news; nothing if somebody else does it already."""
    lease = _claim(address_id)
    if lease is None:
        return
    until, sealed = lease
    tests_first = (Notice.event != TEST, Notice.id)
    waiting = select(Notice).where(Notice.address_id == address_id, Notice.state == PENDING).order_by(*tests_first)
    notices = db.session.scalars(waiting.limit(IN_ONE_MESSAGE)).all()
    ids = [notice.id for notice in notices]
    message = digest.compose(notices, current_settings().base_url) if notices else None
    is_private_allowed = addresses.may_be_private()
    db.session.rollback()  # no transaction stays open while it is sent
    error = _send(sealed, message, allow_private=is_private_allowed) if message else ""
    _settle(address_id, until, ids, error)


def _claim(address_id: int) -> tuple[float, bytes] | None:
    mine = update(NoticeAddress).where(NoticeAddress.id == address_id, _is_free())
    claim = mine.values(lease_until=db_now() + LEASE_SECONDS, tried_at=db_now())
    returned = claim.returning(NoticeAddress.lease_until, NoticeAddress.url)
    with transaction() as session:
        row = session.execute(returned.execution_options(synchronize_session=False)).one_or_none()
        if row is not None:
            _drop_stale(session, address_id)
    return (float(row[0] or 0.0), row[1]) if row is not None else None


def _drop_stale(session: Session, address_id: int) -> None:
    old = (Notice.state == PENDING, Notice.created_at < seekable_now() - backoff.STALE_SECONDS)
    drop = update(Notice).where(Notice.address_id == address_id, *old).values(state=DROPPED, ended_at=db_now())
    session.execute(drop.execution_options(synchronize_session=False))


def _send(sealed: bytes, message: digest.Message, *, allow_private: bool) -> str:
    """What went wrong; empty if nothing did."""
    try:
        url = vault.unseal(sealed)
    except Unavailable as e:
        return e.message
    return apprise_process.send(url, message.title, message.body, kind=message.kind, allow_private=allow_private).error


def _settle(address_id: int, lease_until: float, ids: Sequence[int], error: str) -> None:
    """Write down how it went, if the lease still is ours."""
    with transaction() as session:
        held = (NoticeAddress.id == address_id, NoticeAddress.lease_until == lease_until)
        address = session.scalar(
            select(NoticeAddress).where(*held).with_for_update().execution_options(populate_existing=True)
        )
        if address is None:
            return
        now = float(session.scalar(select(db_now())) or 0.0)
        address.lease_until = None
        if not ids:
            return
        if error:
            _note_failure(address, error, now)
        else:
            address.failures, address.failing_since, address.not_before, address.last_error = 0, None, None, None
            address.told_at = now
            over = update(Notice).where(Notice.id.in_(ids), Notice.state == PENDING)
            session.execute(over.values(state=SENT, ended_at=now))
    log.info("notice_sent" if not error else "notice_failed", address_id=address_id, notices=len(ids), error=error)


def _note_failure(address: NoticeAddress, error: str, now: float) -> None:
    address.failures += 1
    address.failing_since = address.failing_since or now
    following = backoff.after_failure(address.failures, address.failing_since, now, random.random())  # noqa: S311
    address.not_before = following.not_before
    address.last_error = error[:300]
    if following.is_over:
        address.disabled_at = now
