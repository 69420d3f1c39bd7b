"""The judgement of a record as it is kept with it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

import clock
from models import Footage
from services.footage.judgement import Judgement, judge
from services.footage.routing import is_let_through


def kept(found: Judgement, before: Mapping[str, Any] | None) -> dict[str, Any]:
    """What is written down: the judgement, and the word of the person who let the record through."""
    told = found.as_json(clock.now())
    return told | {"is_good": True, "by": before["by"]} if before and is_let_through(before) else told


def judge_as_it_goes_on(session: Session, footage_id: str) -> None:
    """Write down what is known of a record that goes on to its frames, whose words a person may have changed since."""
    words = select(Footage.title, Footage.description, Footage.keywords, Footage.judgement)
    row = session.execute(words.where(Footage.id == footage_id)).one()
    found = judge(title=row.title, description=row.description, keywords=row.keywords)
    statement = update(Footage).where(Footage.id == footage_id).values(judgement=kept(found, row.judgement))
    session.execute(statement.execution_options(synchronize_session=False))
