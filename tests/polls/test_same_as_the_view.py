"""What is answered in front of Flask is what the view answers, to the last header; or it is left to the view."""

import pytest
from flask import Flask

from models import User
from tests.polls.asking import Asks, running_job

NOBODYS = "01JD8Z5M3V7Q2K4N6P8R0S1T2W"


@pytest.fixture
def asks(app: Flask) -> Asks:
    return Asks(app)


def test_a_job(asks: Asks, job_id: str) -> None:
    assert asks.both(f"/api/progress/{job_id}").status == 200


def test_many(asks: Asks, job_id: str, owner: User) -> None:
    assert asks.both(f"/api/progress?ids={job_id},{running_job(owner.id)}").status == 200


@pytest.mark.parametrize(
    ("seen", "status"),
    [
        ("{etag}", 304),
        ("W/{etag}", 304),
        ('"other", {etag}', 304),
        ("*", 304),
        ('"other"', 200),
        ("junk", 200),
        ("", 200),
    ],
)
@pytest.mark.parametrize("form", ["/{job_id}", "?ids={job_id}"])
def test_what_was_seen_already(asks: Asks, job_id: str, form: str, seen: str, status: int) -> None:
    path = "/api/progress" + form.format(job_id=job_id)
    etag = asks.both(path).headers["ETag"]
    assert asks.both(path, {"If-None-Match": seen.format(etag=etag)}).status == status


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:5001", "[::1]:80", "LOCALHOST:1"])
def test_every_name_of_this_machine(asks: Asks, job_id: str, host: str) -> None:
    asks.both(f"/api/progress/{job_id}", {"Host": host})


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 400),
        ({"Host": "127.0.0.1.evil.example"}, 400),
        ({"X-Forwarded-For": "203.0.113.7"}, 403),
        ({"Forwarded": "for=203.0.113.7"}, 403),
        ({"X-Real-IP": "203.0.113.7"}, 403),
        ({"Authorization": "Bearer whatever"}, 200),
        ({"Transfer-Encoding": "chunked"}, 200),
    ],
)
def test_odd_headers_are_left_to_the_view(asks: Asks, job_id: str, headers: dict[str, str], status: int) -> None:
    path = f"/api/progress/{job_id}"
    asks.both(path)  # what follows is not for want of knowing who asks
    assert asks.quick(path, headers) is None
    assert asks.view(path, headers).status_code == status


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/progress", 422),
        ("/api/progress?ids=", 422),
        ("/api/progress/{job_id}/", 404),
        ("/api/progress/{job_id}?x=1", 200),
        ("/api/progress?ids={job_id},{job_id}", 200),
        ("/api/progress?ids={job_id}&ids={job_id}", 200),
        ("/api/progress?ids={job_id}%2C{job_id}", 200),
        (f"/api/progress/{NOBODYS}", 404),
        (f"/api/progress?ids={{job_id}},{NOBODYS}", 200),
        ("/api/progress/short", 404),
        ("/api/progressive/{job_id}", 404),
    ],
)
def test_odd_addresses_are_left_to_the_view(asks: Asks, job_id: str, path: str, status: int) -> None:
    asks.both(f"/api/progress/{job_id}")
    assert asks.quick(path.format(job_id=job_id)) is None
    assert asks.view(path.format(job_id=job_id)).status_code == status


@pytest.mark.parametrize("number", [200, 201])
def test_as_many_as_the_view_takes(asks: Asks, owner: User, number: int) -> None:
    ids = [running_job(owner.id) for _ in range(number)]
    path = f"/api/progress?ids={','.join(ids)}"
    if number <= 200:
        assert asks.both(path).status == 200
    else:
        assert asks.quick(path) is None
        assert asks.view(path).status_code == 422


@pytest.mark.parametrize("method", ["HEAD", "POST", "OPTIONS"])
def test_other_methods_are_left_to_the_view(asks: Asks, job_id: str, method: str) -> None:
    asks.both(f"/api/progress/{job_id}")
    assert asks.quick(f"/api/progress/{job_id}", method=method) is None


def test_whoever_is_elsewhere_is_left_to_the_view(app: Flask, asks: Asks, job_id: str) -> None:
    path = f"/api/progress/{job_id}"
    asks.both(path)
    elsewhere = Asks(app, address="203.0.113.7")
    assert elsewhere.quick(path) is None
    assert elsewhere.view(path).status_code == 403
