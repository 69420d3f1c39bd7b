"""Whoever stops in mid-request is told so; a socket with a time limit says it by `BlockingIOError`."""

from flask import Flask


def test_it_is_no_fault_of_ours(app: Flask) -> None:
    with app.test_request_context("/api/songs", method="POST"):
        answer = app.make_response(app.handle_user_exception(BlockingIOError()))
    assert answer.status_code == 408
    assert answer.get_json()["message"] == "Nothing more of the request came for a minute."
