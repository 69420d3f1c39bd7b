"""Programs of operators are told of all that is stuck."""

from flask.testing import FlaskClient

from services.recovery.finders import FINDERS
from tests.recovery.makers import failed_footage, lost_job


def test_it_tells_what_is_stuck(client: FlaskClient) -> None:
    job_id = lost_job("Left lying")
    failed_footage("AF0001")
    told = client.get("/api/recovery").get_json()
    assert (told["success"], told["count"]) == (True, 2)
    assert [kind["kind"] for kind in told["kinds"]] == list(FINDERS)
    (job,) = told["kinds"][0]["things"]
    assert (job["id"], job["title"], job["url"]) == (job_id, "Left lying", f"/admin/jobs/{job_id}")
    assert job["since"].endswith("Z")
    assert job["remedy"] == {"label": "Rescue now", "effect": "Take it over now"}


def test_it_tells_that_nothing_is_stuck(client: FlaskClient) -> None:
    told = client.get("/api/recovery").get_json()
    assert told["count"] == 0
    assert all(kind["things"] == [] for kind in told["kinds"])
