"""What is somebody else's is not there."""

from ulid import ULID

from blueprints.access.rules import OWNED
from extensions import redis
from services.access.roles import OPERATOR, VIEWER
from store.progress import ProgressStore
from tests.routes.conftest import MISSING, NOBODYS, Closed, Route, a_job_of, wrong


def _same_place(closed: Closed) -> list[tuple[Route, Route]]:
    """Each address that names something of Vera's, and the same that names nothing there is."""
    pairs = zip(closed.routes(closed.viewers), closed.routes(MISSING), strict=True)
    return [(hers, nobodys) for hers, nobodys in pairs if hers.values.keys() & OWNED.keys()]


def test_every_name_in_an_address_is_known() -> None:
    assert not OWNED.keys() & NOBODYS.keys()


def test_it_tells_of_another_persons_things_as_if_they_were_not_there(closed: Closed) -> None:
    viktor = closed.program("Viktor", VIEWER)
    different = []
    for hers, nobodys in _same_place(closed):
        if hers.needed != VIEWER:
            continue
        answer, missing = viktor.send(hers), viktor.send(nobodys)
        told = answer.get_data(as_text=True)
        for kind in [OWNED[name] for name in hers.values if name in OWNED]:
            for quote in ("", "'", "&#39;"):
                theirs, none = (f"no {kind} {quote}{ids[kind]}{quote}" for ids in (closed.viewers, MISSING))
                told = told.replace(theirs, none)
        if (answer.status_code, told) != (404, missing.get_data(as_text=True)):
            different.append(str(hers))
    assert different == []


def test_its_owner_finds_it(closed: Closed) -> None:
    vera = closed.program("Vera", VIEWER)
    reads = [hers for hers, _ in _same_place(closed) if hers.needed == VIEWER and not hers.is_unsafe]
    # Vera's job is no import, and her song was not analysed.
    there = [r for r in reads if r.endpoint not in {"pages.import_report", "api_songs.get_analysis"}]
    assert wrong(there, lambda route: vera.send(route).status_code == 200) == []


def test_an_operator_finds_it(closed: Closed) -> None:
    otto = closed.program("Otto", OPERATOR)
    assert otto.client.get(f"/api/songs/{closed.viewers['song']}", headers=otto.headers).status_code == 200
    assert otto.client.get(f"/api/jobs/{closed.viewers['job']}/status", headers=otto.headers).status_code == 200


def test_many_jobs_asked_for_at_once_are_only_ones_own(closed: Closed) -> None:
    viktor, job_id = closed.program("Viktor", VIEWER), closed.viewers["job"]
    answer = viktor.client.get(f"/api/progress?ids={job_id}", headers=viktor.headers).get_json()
    assert answer == {"success": True, "progress": {}, "missing": [job_id]}


def test_the_list_of_jobs_is_ones_own_whatever_is_asked_for(closed: Closed) -> None:
    viktor, vera_id = closed.program("Viktor", VIEWER), closed.viewers["user"]
    for query in ("", f"?owner={vera_id}", f"?q={closed.viewers['job']}", "?children=with"):
        assert viktor.client.get(f"/api/jobs{query}", headers=viktor.headers).get_json()["jobs"] == []
    vera = closed.program("Vera", VIEWER)
    listed = vera.client.get("/api/jobs", headers=vera.headers).get_json()["jobs"]
    assert [job["job_id"] for job in listed] == [closed.viewers["job"]]


def test_work_that_is_nobodys_is_for_operators(closed: Closed) -> None:
    job_id = a_job_of(None)
    viktor, otto = closed.program("Viktor", VIEWER), closed.program("Otto", OPERATOR)
    assert viktor.client.get(f"/api/progress/{job_id}", headers=viktor.headers).status_code == 404
    assert otto.client.get(f"/api/progress/{job_id}", headers=otto.headers).status_code == 200


def test_lists_of_another_library_are_for_operators(closed: Closed) -> None:
    viktor, otto = closed.program("Viktor", VIEWER), closed.program("Otto", OPERATOR)
    for path in ("/api/songs", "/api/playlists"):
        address = f"{path}?owner={closed.viewers['user']}"
        assert viktor.client.get(address, headers=viktor.headers).status_code == 404
        assert len(otto.client.get(address, headers=otto.headers).get_json()[path.rpartition("/")[2]]) == 1
        assert otto.client.get(f"{path}?owner=999999", headers=otto.headers).status_code == 404


def test_a_song_cannot_be_put_into_another_persons_playlist(closed: Closed) -> None:
    viktor = closed.browser("Viktor")
    made = viktor.client.post("/api/songs", json={"title": "Viktor's"}, headers=viktor.headers).get_json()
    form = {"playlist_id": closed.viewers["playlist"], "csrf_token": viktor.headers["X-CSRF-Token"]}
    assert viktor.client.post(f"/songs/{made['id']}/playlists", data=form).status_code == 404


def test_another_persons_song_cannot_be_put_into_ones_playlist(closed: Closed) -> None:
    viktor = closed.program("Viktor", VIEWER)
    body = {"name": "Mine", "song_ids": [closed.viewers["song"]]}
    assert viktor.client.post("/api/playlists", json=body, headers=viktor.headers).status_code == 422


def test_what_only_redis_knows_is_nobodys(closed: Closed) -> None:
    """A job that was deleted while Redis was away, or a child of one, may be told of there for a day."""
    job_id = str(ULID())
    head = b'{"job_id":"%s","title":"A secret","version":' % job_id.encode()
    ProgressStore(redis.client).write(job_id, attempt=1, progress=0.5, ends=False, least_version=1, json_head=head)
    viktor, otto = closed.program("Viktor", VIEWER), closed.program("Otto", OPERATOR)
    assert otto.client.get(f"/api/progress/{job_id}", headers=otto.headers).status_code == 200
    assert viktor.client.get(f"/api/progress/{job_id}", headers=viktor.headers).status_code == 404
    many = viktor.client.get(f"/api/progress?ids={job_id}", headers=viktor.headers).get_json()
    assert many["missing"] == [job_id]
