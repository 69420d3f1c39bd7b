"""Records that wait for people: those whose people have written go on, those that say too little are sent to wait."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

import clock
from models import Footage
from services.footage import awaiting, states
from services.footage.due import LOOKED_AT, PAGES, Candidate, footage_at
from services.footage.moves import Cause
from services.footage.places import Live
from services.footage.routing import Route, route
from services.footage.steps import PROCESS_FRAMES, SCRAPE_URL


class Routed(NamedTuple):
    """What is at `3 - Creating Frames`: for its page, for its frames, and how many were sent to wait just now."""

    scrape_url: list[Candidate]
    process_frames: list[Candidate]
    sent_to_wait: int


def resume_written(session: Session) -> int:
    """Let those go on whose people have written since they were sent to wait; how many."""
    written = select(Footage.id).where(
        Footage.status == states.AWAITING_USER_INPUT, Footage.metadata_at > Footage.entered_at
    )
    ids = session.scalars(written.order_by(Footage.id).limit(LOOKED_AT)).all()
    cause = Cause(step="resume", note="A person has written what was missing.")
    return sum(awaiting.resume(session, footage_id, cause) for footage_id in ids)


def sort_out(session: Session, live: Live, free: Mapping[str, int]) -> Routed:
    """Tell those apart that are at `3 - Creating Frames`, and send those to wait that say too little.

    Finding them reads all at that status, so it is left for later where their step has no place free.
    """
    routed = Routed([], [], 0)
    for pages, step in zip(PAGES, (SCRAPE_URL, PROCESS_FRAMES), strict=True):
        if free[step] == 0:
            continue
        looked_at = footage_at(session, states.CREATING_FRAMES, live, pages, limit=LOOKED_AT)
        routed = _sorted(session, looked_at, routed)
    return routed


def _sorted(session: Session, candidates: Sequence[Candidate], so_far: Routed) -> Routed:
    waiting = so_far.sent_to_wait
    routes = _routes(session, [candidate.footage_id for candidate in candidates])
    for candidate in candidates:
        found = routes.get(candidate.footage_id)
        if found is None:
            continue
        if found.next == "await":
            waiting += _send_to_wait(session, candidate.footage_id)
        else:
            (so_far.scrape_url if found.next == "scrape_url" else so_far.process_frames).append(candidate)
    return so_far._replace(sent_to_wait=waiting)


def _routes(session: Session, ids: Sequence[str], *, held: bool = False) -> dict[str, Route]:
    facts = select(
        Footage.id,
        Footage.source_url,
        Footage.scraped,
        Footage.judgement,
        Footage.title,
        Footage.description,
        Footage.keywords,
    ).where(Footage.id.in_(ids), Footage.status == states.CREATING_FRAMES)
    rows = session.execute(facts.with_for_update() if held else facts)
    return {row.id: route(**{name: value for name, value in row._mapping.items() if name != "id"}) for row in rows}


def _send_to_wait(session: Session, footage_id: str) -> bool:
    """Looks again with the row held, so that what a person writes meanwhile is not overlooked."""
    found = _routes(session, [footage_id], held=True).get(footage_id)
    if found is None or found.next != "await":
        return False
    cause = Cause(step="judge", note=found.awaits)
    return awaiting.send_to_wait(session, footage_id, cause, found.awaits, found.judgement.as_json(clock.now()))
