"""Operators may look into everybody's library; what they do there stays there."""

from tests.routes.conftest import Closed


def test_an_operator_sees_another_persons_library(closed: Closed) -> None:
    otto, vera_id = closed.browser("Otto"), closed.viewers["user"]
    page = otto.client.get(f"/?owner={vera_id}&q=song").get_data(as_text=True)
    assert "Library of Vera" in page
    assert "A song of Vera&#39;s" in page
    assert f"/?owner={vera_id}&amp;q=song&amp;rating=teen" in page  # a filter stays in that library
    playlists = otto.client.get(f"/playlists?owner={vera_id}").get_data(as_text=True)
    assert "Playlists of Vera" in playlists
    assert "A playlist of Vera&#39;s" in playlists


def test_an_operator_starts_the_analysis_of_it(closed: Closed) -> None:
    otto, vera_id = closed.browser("Otto"), closed.viewers["user"]
    form = {"owner": vera_id, "csrf_token": otto.headers["X-CSRF-Token"]}
    answer = otto.client.post("/library/analyze", data=form)
    assert answer.headers["Location"] == f"/?owner={vera_id}"
    jobs = otto.client.get(f"/api/jobs?owner={vera_id}&type=analyze_library").get_json()["jobs"]
    assert len(jobs) == 1


def test_a_viewer_finds_no_other_library(closed: Closed) -> None:
    viktor, vera_id = closed.browser("Viktor"), closed.viewers["user"]
    assert viktor.client.get(f"/?owner={vera_id}").status_code == 404
    assert viktor.client.get(f"/playlists?owner={vera_id}").status_code == 404
    form = {"owner": vera_id, "csrf_token": viktor.headers["X-CSRF-Token"]}
    assert viktor.client.post("/library/analyze", data=form).status_code == 404


def test_everybodys_own_is_what_they_see_unasked(closed: Closed) -> None:
    page = closed.browser("Viktor").client.get("/").get_data(as_text=True)
    assert "No songs yet" in page
    assert "Vera" not in page
