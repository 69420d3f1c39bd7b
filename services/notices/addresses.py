"""Where people want to be told, and of what."""

from collections.abc import Sequence

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from clients import apprise_process, apprise_schemas, public_address
from errors import Conflict, InvalidInput, NotFound
from extensions import current_settings, db, db_now, transaction
from models import NoticeAddress
from services import vault
from services.access import openness
from services.notices import outbox
from services.notices.events import CHOSEN

MAX_ADDRESSES = 20  # of one person
NAME_MAX_CHARS, URL_MAX_CHARS = 120, 1000
MIN_SECONDS_MAX = 86_400.0


def of_owner(owner_id: int) -> Sequence[NoticeAddress]:
    mine = select(NoticeAddress).where(NoticeAddress.owner_id == owner_id).order_by(NoticeAddress.id)
    return db.session.scalars(mine.execution_options(populate_existing=True)).all()


def create(owner_id: int, name: str, url: str, events: Sequence[str], *, min_seconds: float = 0.0) -> int:
    """Keep an address, once Apprise understands it; its id. Nothing is sent.

    :raise InvalidInput: naming the field that is wrong, and what it may be.
    :raise Conflict: if there are too many already.
    """
    values = {"name": _name(name), "events": _events(events), "min_seconds": _min_seconds(min_seconds)}
    seen = _look_at(url.strip())
    with transaction() as session:
        mine = select(func.count()).select_from(NoticeAddress).where(NoticeAddress.owner_id == owner_id)
        if (session.scalar(mine) or 0) >= MAX_ADDRESSES:
            raise Conflict(f"You have {MAX_ADDRESSES} addresses already; remove one first.")
        kept = {"url": vault.seal(url.strip()), "shown": seen.shown, "failures": 0, "created_at": db_now()}
        made = insert(NoticeAddress).values(owner_id=owner_id, **values, **kept)
        return int(session.execute(made.returning(NoticeAddress.id)).scalar_one())


def change(owner_id: int, address_id: int, events: Sequence[str], *, min_seconds: float) -> None:
    """:raise NotFound: if it is not theirs.
    :raise InvalidInput: if there is no such event.
    """
    wanted, least = _events(events), _min_seconds(min_seconds)
    with transaction() as session:
        _update(session, owner_id, address_id, events=wanted, min_seconds=least)


def remove(owner_id: int, address_id: int) -> None:
    """With what it is owed, and the alerts that go there.

    :raise NotFound: if it is not theirs.
    """
    with transaction() as session:
        _own(session, owner_id, address_id)
        session.execute(delete(NoticeAddress).where(NoticeAddress.id == address_id))


def send_test(owner_id: int, address_id: int) -> None:
    """Have a test sent within seconds, whatever went wrong before; an address that was switched off is on again.

    :raise NotFound: if it is not theirs.
    """
    with transaction() as session:
        name = _own(session, owner_id, address_id)
        fresh = {"failures": 0, "failing_since": None, "not_before": None, "disabled_at": None}
        _update(session, owner_id, address_id, **fresh)
        outbox.owe(session, address_id, outbox.trial_of(name))


def may_be_private() -> bool:
    """Whether messages may go into private networks: where that was said, or only we ourselves are here."""
    return current_settings().webhook_allow_private or openness.is_open()


def no_such_address(address_id: int) -> NotFound:
    return NotFound(f"There is no address for notices {address_id}.", code="no_such_address")


def _own(session: Session, owner_id: int, address_id: int) -> str:
    mine = (NoticeAddress.id == address_id, NoticeAddress.owner_id == owner_id)
    name = session.scalar(select(NoticeAddress.name).where(*mine))
    if name is None:
        raise no_such_address(address_id)
    return name


def _update(session: Session, owner_id: int, address_id: int, **values: object) -> None:
    mine = (NoticeAddress.id == address_id, NoticeAddress.owner_id == owner_id)
    statement = update(NoticeAddress).where(*mine).values(**values).returning(NoticeAddress.id)
    if session.execute(statement.execution_options(synchronize_session=False)).one_or_none() is None:
        raise no_such_address(address_id)


def _look_at(url: str) -> apprise_process.Answer:
    if not url or len(url) > URL_MAX_CHARS or not url.isprintable():
        raise _refused(
            f"it needs 1 to {URL_MAX_CHARS} printable characters, such as mailto://name:password@example.org"
        )
    if not apprise_schemas.is_allowed(url):
        raise _refused(f"it must begin with one of {apprise_schemas.in_words()}")
    is_private_allowed = may_be_private()
    db.session.rollback()  # what follows takes a second or two
    seen = apprise_process.look_at(url, allow_private=is_private_allowed)
    if seen.error:
        raise _refused(seen.error)
    if seen.host and not is_private_allowed:
        _refuse_private(seen.host, seen.port)
    return seen


def _refuse_private(host: str, port: int) -> None:
    """Told at once where it can be; whatever the name leads to later is looked at again with each message."""
    try:
        public_address.resolve(host, port, allow_private=False)
    except public_address.Unresolved as e:
        raise _refused(e.message.rstrip(".")) from e
    except InvalidInput as e:
        raise InvalidInput(e.message, code=e.code, details={"url": "a server on the public network"}) from e


def _refused(reason: str) -> InvalidInput:
    return InvalidInput(f"That address cannot be used: {reason}.", code="address_refused", details={"url": reason})


def _name(name: str) -> str:
    tidy = " ".join(name.split())
    if not tidy or len(tidy) > NAME_MAX_CHARS or not tidy.isprintable():
        raise InvalidInput("Give it a name.", details={"name": f"1 to {NAME_MAX_CHARS} characters, such as My mail"})
    return tidy


def _events(events: Sequence[str]) -> list[str]:
    unknown = sorted(set(events) - set(CHOSEN))
    if unknown:
        raise InvalidInput(
            f"There is no event {unknown[0][:40]!r}.", details={"events": f"some of {', '.join(CHOSEN)}"}
        )
    return [name for name in CHOSEN if name in events]


def _min_seconds(seconds: float) -> float:
    if not 0 <= seconds <= MIN_SECONDS_MAX:
        raise InvalidInput("That is no length of a job.", details={"min_seconds": "0 to 86400, in seconds"})
    return seconds
