"""What a person sees of their addresses. Nothing is written by looking."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from extensions import db
from models import Notice, NoticeAddress
from services.notices import addresses
from services.notices.outbox import PENDING


@dataclass(frozen=True, slots=True)
class Entry:
    """An address, and how many notices are on their way to it."""

    address: NoticeAddress
    waiting: int


def entries(owner_id: int) -> Sequence[Entry]:
    """All of a person's: two statements."""
    mine = addresses.of_owner(owner_id)
    owed = select(Notice.address_id, func.count()).where(
        Notice.address_id.in_([address.id for address in mine]), Notice.state == PENDING
    )
    waiting = dict(db.session.execute(owed.group_by(Notice.address_id)).all())
    return [Entry(address, waiting.get(address.id, 0)) for address in mine]
