"""Pages that stay open cost next to nothing: the console's pages bear an ETag of what they say, and travel packed."""

import gzip

from flask import Response, request

PACKED_FROM_BYTES = 1400  # what fits into one packet gains nothing


def answer_if_changed(response: Response) -> Response:
    """Give an HTML page a weak ETag, answer 304 to those who have it, and pack it for those who can unpack it."""
    if request.method == "GET" and response.status_code == 200 and _is_page(response):
        response.add_etag(weak=True)
        response.vary.add("Accept-Encoding")
        response.make_conditional(request)
        if response.status_code == 200:
            _pack(response)
    return response


def _is_page(response: Response) -> bool:
    return response.mimetype == "text/html" and not response.is_streamed


def _pack(response: Response) -> None:
    """Nothing in these pages is secret from who may see them, so their packed length tells nobody anything."""
    body = response.get_data()
    if len(body) >= PACKED_FROM_BYTES and request.accept_encodings.quality("gzip") > 0:
        response.set_data(gzip.compress(body, compresslevel=1, mtime=0))
        response.content_encoding = "gzip"
