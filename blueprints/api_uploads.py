"""Uploads in pieces, by tus 1.0.0: core, creation, creation with upload, checksums, termination and expiration.

Source: https://tus.io/protocols/resumable-upload. Every client of that protocol can be used, such as tus-js-client.
"""

import base64
import binascii
from collections.abc import Mapping
from wsgiref.handlers import format_date_time

from flask import Blueprint, Response, request, url_for

from blueprints import checksums
from blueprints.actor import current_owner_id
from blueprints.openapi import EPISODES, TAKES_BYTES, Answer, operation
from blueprints.parsing import UnsupportedMediaType
from blueprints.pieces import incoming
from blueprints.schemas.uploads import Creation, Piece, Resumable
from errors import BackbeatError, InvalidInput
from extensions import current_settings
from models import Upload
from services import resumable
from services.importing.kinds import MEBIBYTE
from services.upload_checksums import Checksum, ChecksumMismatch
from services.upload_files import TooLarge
from services.upload_purposes import EPISODE, FOOTAGE, VIDEO

bp = Blueprint("api_uploads", __name__, url_prefix="/api/uploads")

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,termination,expiration,checksum"
PIECE = "application/offset+octet-stream"
TOLD_DETAILS = ("title", "id", "description", "keywords", "source_url", "tenant_id", "sha256")
MADE_ID_HEADERS = {EPISODE: "Backbeat-Episode-Id", FOOTAGE: "Backbeat-Footage-Id", VIDEO: "Backbeat-Video-Id"}
MAX_METADATA_CHARS = 8000
MAX_DIGITS = 15

NO_UPLOAD = {404: "There is no such upload, or not any more."}
NO_VERSION = {412: "`Tus-Resumable` does not say `1.0.0`."}
NO_ROOM = {507: "The disk is full; what came so far is kept."}
LOCKED = {423: "Another request is writing to it."}


class WrongVersion(BackbeatError):
    """The client speaks another version of tus, or none."""

    code = "wrong_version"
    http_status = 412


@bp.after_request
def say_version(response: Response) -> Response:
    response.headers["Tus-Resumable"] = VERSION
    if response.status_code == WrongVersion.http_status:
        response.headers["Tus-Version"] = VERSION
    return response


@bp.route("", methods=["OPTIONS"], provide_automatic_options=False)
def tell_abilities() -> Response:
    most = current_settings().max_media_mb * MEBIBYTE
    told = {"Tus-Version": VERSION, "Tus-Extension": EXTENSIONS, "Tus-Max-Size": str(most)}
    return Response(status=204, headers=told | {"Tus-Checksum-Algorithm": checksums.NAMES})


@bp.post("")
@operation(
    EPISODES,
    None,
    status=201,
    errors=NO_VERSION | NO_ROOM | {409: "The id is taken.", 413: "The file is too large.", 422: "A header is wrong."},
    headers=Creation,
)
def create_upload() -> Answer:
    """Begin an upload in pieces (tus 1.0.0); the answer's `Location` takes them, and this may bring the first.

    Once the last has come it is an episode, which `Backbeat-Episode-Id` names, or, where the metadata's `purpose` is
    `footage`, a piece of footage, named by `Backbeat-Footage-Id`. Where it is `video` there is a video from the first
    byte on, named by `Backbeat-Video-Id`.
    """
    has_piece = _refuse_other_content()
    _refuse_other_version()
    checksum = checksums.checksum_said()
    if "Upload-Length" not in request.headers and "Upload-Defer-Length" in request.headers:
        raise InvalidInput("How long the upload will be must be said at once.", details={"Upload-Length": "needed"})
    told = _metadata(request.headers.get("Upload-Metadata", ""))
    upload = resumable.begin(
        current_owner_id(),
        file_name=told.get("filename") or told.get("name", ""),
        size_bytes=_number("Upload-Length"),
        details={name: told[name] for name in TOLD_DETAILS if told.get(name)},
        purpose=told.get("purpose") or EPISODE,
    )
    address = url_for(".tell_upload", upload_id=upload.id)
    if has_piece or upload.size_bytes == 0:
        upload = _with_first_piece(upload.id, checksum)
    return Response(status=201, headers=_told(upload) | {"Location": address})


def _with_first_piece(upload_id: str, checksum: Checksum | None) -> Upload:
    """An upload whose first piece is refused is taken back: nobody has been told its address."""
    try:
        with incoming() as source:
            return resumable.append(upload_id, 0, source, checksum)
    except (ChecksumMismatch, TooLarge):
        resumable.undo(upload_id)
        raise


@bp.route("/<upload_id>", methods=["HEAD"])
def tell_upload(upload_id: str) -> Response:
    """How far it is."""
    _refuse_other_version()
    upload = resumable.get_upload(upload_id)
    length = {"Upload-Length": str(upload.size_bytes), "Cache-Control": "no-store"}
    return Response(status=200, headers=_told(upload) | length)


@bp.patch("/<upload_id>")
@operation(
    EPISODES,
    None,
    status=204,
    errors=NO_UPLOAD
    | NO_VERSION
    | NO_ROOM
    | LOCKED
    | {
        409: "The bytes that are here end elsewhere: `details.offset`.",
        413: "More than was spoken of.",
        422: "A header is wrong.",
    },
    headers=Piece,
)
def append_to_upload(upload_id: str) -> Answer:
    """Send the next piece of an upload.

    One that comes with an `Upload-Checksum` and to another is answered 460, and nothing of it is kept.
    """
    if not _refuse_other_content():
        raise UnsupportedMediaType(f"A piece is sent with the header Content-Type: {PIECE}.")
    _refuse_other_version()
    offset, checksum = _number("Upload-Offset"), checksums.checksum_said()
    with incoming() as source:
        upload = resumable.append(upload_id, offset, source, checksum)
    return Response(status=204, headers=_told(upload))


@bp.delete("/<upload_id>")
@operation(
    EPISODES,
    None,
    status=204,
    errors=NO_UPLOAD | NO_VERSION | LOCKED | {409: "It is all here, and was taken in."},
    headers=Resumable,
)
def end_upload(upload_id: str) -> Answer:
    """Give an upload up, and forget what came of it."""
    _refuse_other_version()
    resumable.end(upload_id)
    return Response(status=204)


for takes_piece in (create_upload, append_to_upload):
    setattr(takes_piece, TAKES_BYTES, PIECE)


def _told(upload: Upload) -> dict[str, str]:
    """The headers that tell of an upload."""
    told = {"Upload-Offset": str(resumable.offset_of(upload))}
    if upload.made_id is not None:
        job = {"Backbeat-Job-Id": upload.id} if upload.purpose == EPISODE else {}
        return told | {MADE_ID_HEADERS[upload.purpose]: upload.made_id} | job
    begun = {MADE_ID_HEADERS[VIDEO]: upload.details["id"]} if upload.purpose == VIDEO else {}
    return told | begun | {"Upload-Expires": format_date_time(resumable.expires_at(upload))}


def _refuse_other_version() -> None:
    """:raise WrongVersion: unless the client speaks ours."""
    if request.headers.get("Tus-Resumable") != VERSION:
        raise WrongVersion(f"This is tus {VERSION} (tus.io): say so with the header Tus-Resumable: {VERSION}.")


def _refuse_other_content() -> bool:
    """Whether a piece is sent.

    :raise UnsupportedMediaType: if something else is.
    """
    if request.mimetype == PIECE:
        return True
    if request.content_length or request.mimetype or "Transfer-Encoding" in request.headers:
        raise UnsupportedMediaType(
            f"A piece is sent with the header Content-Type: {PIECE}; got {request.mimetype[:80]!r}."
        )
    return False


def _number(header: str) -> int:
    """:raise InvalidInput: if the header is not there, or no number of bytes."""
    said = request.headers.get(header, "")
    if not (said.isascii() and said.isdigit()) or len(said) > MAX_DIGITS:
        allowed = "a number of bytes, in digits"
        raise InvalidInput(f"{header} is {said[:40]!r}: it should be {allowed}.", details={header: allowed})
    return int(said)


def _metadata(header: str) -> Mapping[str, str]:
    """What `Upload-Metadata` says: pairs with commas between, each a name and a value in Base64.

    :raise InvalidInput: if it cannot be read.
    """
    try:
        if len(header) > MAX_METADATA_CHARS:
            raise ValueError("too long")
        pairs = [pair.split() for pair in header.split(",") if pair.strip()]
        return {name: _decoded(*value) for name, *value in pairs}
    except (ValueError, TypeError, binascii.Error) as e:
        allowed = "pairs with commas between, each a name, a blank, and a value as Base64 of UTF-8"
        raise InvalidInput(f"Upload-Metadata cannot be read: {allowed}.", details={"Upload-Metadata": allowed}) from e


def _decoded(value: str = "") -> str:
    return base64.b64decode(value, validate=True).decode()
