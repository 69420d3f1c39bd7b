"""The ids of footage: `AF0001` and so on, each given out once, also after a deletion."""

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from models import Counter

NAME = "footage"


def next_id(session: Session) -> str:
    """The next id; others who ask wait for the end of this transaction."""
    counted = update(Counter).where(Counter.name == NAME).values(last=Counter.last + 1).returning(Counter.last)
    number = session.scalar(counted)
    if number is None:
        number = 1
        session.execute(insert(Counter).values(name=NAME, last=number))
    return id_of(number)


def id_of(number: int) -> str:
    return f"AF{number:04d}"
