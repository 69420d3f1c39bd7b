"""Whatever is stuck anywhere, for programs."""

from flask import Blueprint

from blueprints.openapi import RECOVERY, Answer, operation
from blueprints.schemas.recovery import RecoveryAnswer, StuckKind, StuckLine
from services.recovery.overview import Section, overview

bp = Blueprint("api_recovery", __name__, url_prefix="/api/recovery")


@bp.get("")
@operation(RECOVERY, RecoveryAnswer)
def list_stuck() -> Answer:
    """List whatever is stuck: why, since when, and what becomes of it by itself."""
    sections = overview()
    return RecoveryAnswer(count=sum(section.count for section in sections), kinds=[_kind(each) for each in sections])


def _kind(section: Section) -> StuckKind:
    return StuckKind(
        kind=section.finder.kind,
        label=section.finder.label,
        what=section.finder.what,
        count=section.count,
        is_at_least=section.is_at_least,
        things=[StuckLine.model_validate(thing, from_attributes=True) for thing in section.things],
    )
