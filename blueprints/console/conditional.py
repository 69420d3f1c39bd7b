"""Pages that did not change cost nothing to read again: the console's pages bear an ETag of what they say."""

from flask import Response, request


def answer_if_changed(response: Response) -> Response:
    """Give an HTML page a weak ETag, and answer 304 to those who have it."""
    if request.method == "GET" and response.status_code == 200 and _is_page(response):
        response.add_etag(weak=True)
        response.make_conditional(request)
    return response


def _is_page(response: Response) -> bool:
    return response.mimetype == "text/html" and not response.is_streamed
