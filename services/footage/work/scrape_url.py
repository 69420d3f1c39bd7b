"""Step 4: what the page of a record says is read, taken over where people said less, and judged."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

import clock
from errors import TransientError
from extensions import current_settings, db
from models import Footage
from services.footage import awaiting, judged, judgement, routing, states
from services.footage.context import Context, Done
from services.footage.reads import no_such_footage
from services.scraping import Page, PageNotRead, read_page

T = TypeVar("T")

GIVEN_UP_AFTER = 3  # failures in a row: sooner than a record is set aside


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of a record, and where more may be; `metadata_at` changes whenever a person writes any of it."""

    title: str
    description: str
    keywords: Sequence[str]
    source_url: str | None
    judgement: dict[str, Any] | None
    metadata_at: float | None
    failures: int


def scrape_url(footage_id: str, context: Context) -> Done:
    """Read the page; the record goes on if enough is known of it then, else it and its frames wait for a person.

    :raise TransientError: if the page may be had later, or a person wrote in the meantime.
    """
    before = words_of(db.session(), footage_id)
    db.session.rollback()
    context.checkpoint()
    page, scraped = _read(before) if before.source_url else (None, None)
    words = words_of(db.session(), footage_id)  # people may have written while the page was on its way
    db.session.rollback()
    if not words.source_url:  # they have taken the page back: it is judged without one
        page, scraped = None, None
    elif words.source_url != before.source_url:
        raise TransientError("Another page was named while this one was read.")
    return _decided(footage_id, context, words, _taken_over(words, page), scraped)


def words_of(session: Session, footage_id: str) -> Words:
    """:raise NotFound: if there is no such footage."""
    columns = [getattr(Footage, name) for name in Words.__dataclass_fields__]
    row = session.execute(select(*columns).where(Footage.id == footage_id)).one_or_none()
    if row is None:
        raise no_such_footage(footage_id)
    return Words(*row)


def _read(words: Words) -> tuple[Page | None, dict[str, Any]]:
    """The page, and what is written down of it; no page where there is none to be had."""
    url = words.source_url or ""
    try:
        page = read_page(url, settings=current_settings())
    except PageNotRead as e:
        return None, _problem(url, e.status, e.message)
    except TransientError as e:
        if words.failures < GIVEN_UP_AFTER:
            raise
        # Somebody else's server is no reason to set footage aside: it is judged by what people said.
        return None, _problem(url, None, e.message)
    told = asdict(page) | {"keywords": list(page.keywords)}
    return page, told | {"problem": None, "read_at": clock.now()}


def _problem(url: str, status: int | None, sentence: str) -> dict[str, Any]:
    return {"url": url, "status": status, "problem": sentence, "read_at": clock.now()}


def _taken_over(words: Words, page: Page | None) -> Words:
    """The same with what the page says where that is worth more."""
    if page is None:
        return words
    title = _better(words.title, page.title, judgement.title_points)
    description = _better(words.description, page.description, lambda text: judgement.description_points(text, title))
    keywords = _better(list(words.keywords), list(page.keywords), judgement.keyword_points)
    return replace(words, title=title, description=description, keywords=keywords)


def _better(ours: T, theirs: T, points: Callable[[T], int]) -> T:
    return theirs if points(theirs) > points(ours) or not ours else ours


def _decided(footage_id: str, context: Context, before: Words, words: Words, scraped: dict[str, Any] | None) -> Done:
    said = {name: getattr(words, name) for name in ("title", "description", "keywords")}
    route = routing.route(source_url=words.source_url, scraped=scraped, judgement=words.judgement, **said)
    found = judged.kept(route.judgement, words.judgement)
    values = said | {"scraped": scraped, "judgement": found}
    note = _note(scraped, found)

    def unless_written(session: Session) -> None:
        if words_of(session, footage_id).metadata_at != before.metadata_at:
            raise TransientError("A person wrote at this moment; what is known is judged again.")

    def with_frames(session: Session) -> None:
        unless_written(session)
        awaiting.send_frames_to_wait(session, footage_id, context.cause(note))

    if route.next == "await":
        return Done(states.AWAITING_USER_INPUT, values | awaiting.waiting(route.awaits), note, with_frames)
    return Done(states.SCRAPING_URL, values, note, unless_written)


def _note(scraped: dict[str, Any] | None, found: dict[str, Any]) -> str:
    worth = f"What is known is worth {found['score']} of 100."
    if scraped is None:
        return f"Its page is not wanted any more. {worth}"
    page = scraped["problem"] or f"Read {scraped['url']}."
    return f"{page} {worth}"
