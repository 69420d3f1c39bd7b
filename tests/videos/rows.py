"""Videos as rows, with what their processing would have made of them."""

from typing import Any

from ulid import ULID

import clock
from extensions import transaction
from models import Video
from services.library import users
from services.videos import states


def a_video(**values: Any) -> str:
    """The id of a video of the default owner's that waits, and has waited for an hour."""
    made_at = clock.now() - 3600.0
    kept = {
        "id": str(ULID()),
        "owner_id": users.default_owner().id,
        "tenant_id": "tenant-1",
        "name": "The harbour at night",
        "status": states.PENDING,
        "file_name": "harbour.mp4",
        "upload_id": str(ULID()),
        "created_at": made_at,
        "updated_at": made_at,
    } | values
    with transaction() as session:
        session.add(Video(**kept))
    return str(kept["id"])
