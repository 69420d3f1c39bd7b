"""Footage: added, listed, described by people, tried again, deleted."""

from flask import Blueprint, request, url_for

from blueprints.actor import current_actor, current_identity, current_owner_id
from blueprints.footage_told import hit_told, line_told, told
from blueprints.idempotent import idempotent
from blueprints.openapi import FOOTAGE, Answer, operation
from blueprints.parsing import MULTIPART
from blueprints.schemas.footage import (
    FootageAnswer,
    FootageChanges,
    FootageForm,
    FootageGone,
    FootageHits,
    FootagePage,
    FootageQuery,
    FootageRetried,
    FootageSearchQuery,
    FootageTold,
    NewFootage,
)
from errors import InvalidInput
from services.access.openness import is_open
from services.access.ownership import library_of
from services.footage import catalogue, dispatch, people
from services.footage.reads import get_footage
from services.footage.record_page import record_page
from services.footage.said import Said, keywords_in
from services.footage.search import search

bp = Blueprint("api_footage", __name__, url_prefix="/api/footage")

NO_FOOTAGE = {404: "There is no such footage."}
KNOWN = {409: "The path or address is footage already; `details.id` is that one."}


@bp.get("")
@operation(FOOTAGE, FootagePage, errors={404: "There is no such owner."})
def list_footage(query: FootageQuery) -> Answer:
    """List your footage, the newest first, with how much of it is at each status; for operators, anybody's."""
    owner_id = library_of(current_identity(), query.owner).id
    page = catalogue.page(owner_id, **query.model_dump(exclude={"owner"}))
    return FootagePage(
        footage=[line_told(footage) for footage in page.rows],
        next_cursor=page.next_cursor,
        counts=catalogue.counts(owner_id),
    )


@bp.post("")
@idempotent
@operation(FOOTAGE, FootageTold, status=201, errors=KNOWN)
def add_footage(json: NewFootage, form: FootageForm) -> Answer:
    """Add footage: as a form with the file, or as JSON with the path or address that it is got from.

    The pipeline takes it up at once if a session is live, else in the next one. What is the matter with a file that is
    of no use, the record tells.
    """
    footage_id = _sent(form) if request.mimetype == MULTIPART else _named(json)
    dispatch.at_once()
    return _told(footage_id), 201, {"Location": url_for(".get_one_footage", footage_id=footage_id)}


def _sent(form: FootageForm) -> str:
    words = Said(
        title=form.title or "",
        description=form.description or "",
        keywords=keywords_in(form.keywords or ""),
        source_url=form.source_url,
    )
    return catalogue.add_upload(current_owner_id(), form.file, said=words)


def _named(wanted: NewFootage) -> str:
    """:raise InvalidInput: unless there is either a path or an address."""
    owner_id = current_owner_id()
    words = Said(**wanted.model_dump(include=set(Said.__dataclass_fields__)))
    if wanted.path is not None and wanted.url is None:
        return catalogue.add_path(owner_id, wanted.path, anywhere=is_open(), said=words)
    if wanted.url is not None and wanted.path is None:
        return catalogue.add_url(owner_id, wanted.url, said=words)
    allowed = "send a file as a form, or either “path” or “url” as JSON"
    raise InvalidInput(f"It is not clear where the footage comes from: {allowed}.", details={"url": allowed})


@bp.get("/search")
@operation(FOOTAGE, FootageHits, errors={404: "There is no such owner."})
def search_footage(query: FootageSearchQuery) -> Answer:
    """Search your footage and its frames by words and what they mean, the best first; for operators, anybody's."""
    owner_id = library_of(current_identity(), query.owner).id
    return FootageHits(results=[hit_told(hit) for hit in search(owner_id, query.q, limit=query.limit)])


@bp.get("/<footage_id:footage_id>")
@operation(FOOTAGE, FootageAnswer, errors=NO_FOOTAGE)
def get_one_footage(footage_id: str) -> Answer:
    """Get a record with its status, frames, history, transcript, and what was made of it."""
    return told(record_page(footage_id))


@bp.patch("/<footage_id:footage_id>")
@operation(FOOTAGE, FootageTold, errors=NO_FOOTAGE)
def change_footage(footage_id: str, json: FootageChanges) -> Answer:
    """Write what you know of it; a record that waits for that goes on at once if a session is live."""
    catalogue.edit(footage_id, json.model_dump(exclude_unset=True), by=current_actor())
    dispatch.at_once()
    return _told(footage_id)


@bp.delete("/<footage_id:footage_id>")
@operation(FOOTAGE, FootageGone, errors=NO_FOOTAGE)
def delete_footage(footage_id: str) -> Answer:
    """Delete a record with its frames, its history and all files, and stop what is at work on it."""
    catalogue.delete(footage_id)
    return FootageGone(id=footage_id)


@bp.post("/<footage_id:footage_id>/retry")
@operation(FOOTAGE, FootageRetried, errors=NO_FOOTAGE | {409: "Nothing of it has failed."})
def retry_footage(footage_id: str) -> Answer:
    """Have a record that has failed, and those of its frames that have, go on where they failed."""
    return FootageRetried(id=footage_id, status=people.retry(footage_id, by=current_actor()))


def _told(footage_id: str) -> FootageTold:
    return FootageTold(**line_told(get_footage(footage_id)).model_dump())
