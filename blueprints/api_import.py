"""Files for the library."""

from flask import Blueprint

from blueprints.accepted import accepted
from blueprints.actor import current_owner_id
from blueprints.idempotent import idempotent
from blueprints.openapi import SONGS, Answer, operation
from blueprints.schemas.imports import ImportForm
from blueprints.schemas.jobs import Accepted
from services import uploads

bp = Blueprint("api_import", __name__, url_prefix="/api/import")


@bp.post("")
@idempotent
@operation(
    SONGS,
    Accepted,
    status=202,
    errors={413: "More than the server takes at once.", 415: "Not a form with files.", 422: "No file was sent."},
)
def import_files(form: ImportForm) -> Answer:
    """Import songs, lyrics and playlists.

    The job's result names what came in, what was there already, and what was refused and why.
    """
    return accepted(uploads.submit_import(current_owner_id(), list(form.files)))
