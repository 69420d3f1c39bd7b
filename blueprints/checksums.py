"""The checksum of a piece, as the extension `checksum` of tus 1.0.0 sends it.

Source: https://tus.io/protocols/resumable-upload#checksum
"""

import base64
import binascii

from flask import request

from errors import BackbeatError, InvalidInput
from services.upload_checksums import ALGORITHMS, Checksum

HEADER = "Upload-Checksum"
NAMES = ",".join(ALGORITHMS)


class UnknownAlgorithm(BackbeatError):
    """The checksum is of a kind that is not known here."""

    code = "unknown_checksum"
    http_status = 400


def checksum_said() -> Checksum | None:
    """What the piece of this request is to be held against, where its sender says so.

    :raise UnknownAlgorithm: if it is of another kind. :raise InvalidInput: if it cannot be read.
    """
    said = request.headers.get(HEADER)
    if said is None:
        return None
    algorithm, _, value = said.strip().partition(" ")
    if algorithm not in ALGORITHMS:
        raise UnknownAlgorithm(f"A checksum is one of {NAMES}; got {algorithm[:40]!r}.", details={HEADER: NAMES})
    try:
        digest = base64.b64decode(value.strip(), validate=True)
    except (ValueError, binascii.Error):
        digest = b""
    if len(digest) != ALGORITHMS[algorithm]().digest_size:
        allowed = f"{algorithm}, a blank, and the checksum in Base64"
        raise InvalidInput(f"{HEADER} cannot be read: it is {allowed}.", details={HEADER: allowed})
    return Checksum(algorithm, digest)
