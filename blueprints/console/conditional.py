"""Pages that stay open cost next to nothing: the console's pages bear an ETag of what they say, and travel packed."""

import gzip

from flask import Response, request

from blueprints.guards import OWN_SITE

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
    """Not for what another site opened: with words of its own in the address, it could learn the page's token from
    the packed length (BREACH)."""
    body = response.get_data()
    from_elsewhere = request.headers.get("Sec-Fetch-Site", "none") not in OWN_SITE
    if len(body) >= PACKED_FROM_BYTES and request.accept_encodings.quality("gzip") > 0 and not from_elsewhere:
        response.set_data(gzip.compress(body, compresslevel=1, mtime=0))
        response.content_encoding = "gzip"
