"""A render that waits for its output: what is noted of it, and that it is looked at soon."""

from sqlalchemy import func, update

from extensions import db_now, transaction
from models import Render
from services.renders import states


def note_done(render_id: str, token_hash: str) -> None:
    """The renderer says that it is done, and its output is not there: looked for at the next cycle."""
    with transaction() as session:
        session.execute(
            update(Render)
            .where(Render.id == render_id, Render.token_hash == token_hash, Render.status == states.PROCESSING)
            .values(told_done_at=func.coalesce(Render.told_done_at, db_now()), check_at=db_now())
            .execution_options(synchronize_session=False)
        )
