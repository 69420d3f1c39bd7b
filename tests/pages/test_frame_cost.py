"""A page of the console that is read again and again costs next to nothing."""

import gzip

from flask.testing import FlaskClient

AUDIT = "/admin/audit"


def test_it_answers_304_to_those_who_have_the_page(client: FlaskClient) -> None:
    first = client.get(AUDIT)
    again = client.get(AUDIT, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_it_answers_a_page_that_changed(client: FlaskClient) -> None:
    first = client.get(AUDIT)
    client.post("/admin/queues/low/pause", data={"reason": "Moving house"})
    again = client.get(AUDIT, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 200
    assert "Moving house" in again.text


def test_it_packs_pages_for_those_who_can_unpack_them(client: FlaskClient) -> None:
    plain = client.get(AUDIT)
    packed = client.get(AUDIT, headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 3
    assert packed.headers["ETag"] == plain.headers["ETag"]
    assert "Accept-Encoding" in packed.headers["Vary"]


def test_a_refresh_takes_no_news_from_the_person(client: FlaskClient) -> None:
    """What an action had to tell is for the page that follows it, not for another tab that reads itself again."""
    client.post("/admin/queues/low/pause", data={"reason": "Moving house"})
    assert 'class="flashes"' not in client.get(AUDIT, headers={"X-Refresh": "1"}).text
    assert 'class="flashes"' in client.get(AUDIT).text
