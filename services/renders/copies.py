"""That an output is copied into our own storage: promised in the transaction that ends its render."""

from sqlalchemy.orm import Session

from extensions import current_settings
from services.jobs.submit import promise

COPY_RENDER, RENDER, TITLE = "copy_render", "render", "A render's output"


def promise_copy(session: Session, render_id: str, owner_id: int) -> None:
    """Where `RENDER_COPY_OUTPUTS` wants it. The janitor rings for it, since many may be promised at once."""
    if current_settings().render_copy_outputs:
        promise(session, COPY_RENDER, target_type=RENDER, target_id=render_id, title=TITLE, owner_id=owner_id)
