"""Doing now what Backbeat would do later, or not at all: about one thing, or about all of a kind."""

from dataclasses import dataclass

import structlog

from errors import BackbeatError, NotFound
from services import audit
from services.recovery.finders import FINDERS
from services.recovery.things import Act, Finder, StuckThing

log = structlog.get_logger(__name__)

# One press waits for all that it does.
MOST = 50
LOOKED_AT = 1000


@dataclass(frozen=True, slots=True)
class Acted:
    """How many were set going and how many were not, with the first reason; `left` could be next."""

    done: int
    refused: int
    reason: str
    left: int


def act(kind: str, thing_id: str, *, by: str) -> str:
    """Do about one thing what its remedy says; a sentence that tells what was done.

    :raise NotFound: if there is no such kind, or thing.
    :raise Conflict: if it is stuck no more, or nothing can be done.
    """
    return finder_of(kind).act(thing_id, by)


def act_on_all(kind: str, *, by: str) -> Acted:
    """The same for the first `MOST` of a kind; what cannot be helped holds up no other.

    :raise NotFound: if there is no such kind.
    """
    finder = finder_of(kind)
    helped = [thing for thing in finder.find(LOOKED_AT) if thing.remedy is not None]
    things = helped[:MOST]
    act_on_one = finder.at_a_press() if finder.at_a_press else finder.act
    reasons = [reason for thing in things if (reason := _refusal(act_on_one, thing, by))]
    done, refused = len(things) - len(reasons), len(reasons)
    left = len(helped) - len(things)
    audit.record(by, "recover", "stuck", kind, matched=done + refused, changed=done, skipped=refused)
    log.info("acted_on_stuck", kind=kind, by=by, done=done, refused=refused, left=left)
    return Acted(done, refused, next(iter(reasons), ""), left)


def _refusal(act_on_one: Act, thing: StuckThing, by: str) -> str:
    """Why nothing was done about it; empty if it was."""
    try:
        act_on_one(thing.id, by)
    except BackbeatError as e:
        return e.message
    return ""


def finder_of(kind: str) -> Finder:
    """:raise NotFound: if there is no such kind."""
    try:
        return FINDERS[kind]
    except KeyError:
        raise NotFound(f"Nothing of the kind {kind[:40]!r} gets stuck.", code="no_such_kind") from None
