"""A session of the poller is started over HTTP, once at a time, and how the pipeline stands is told."""

import pytest

from services.access.roles import OPERATOR, VIEWER
from services.footage import states
from tests.api.client import CheckedClient
from tests.pages import footage_rows
from tests.routes.conftest import Closed
from tests.routes.conftest import closed as closed

RUN = "/run/footage_autolog"


def test_it_starts_a_session(client: CheckedClient) -> None:
    answer = client.post(RUN, json={"args": []})
    assert answer.status_code == 202
    job_id = answer.json["job_id"]
    assert answer.json == {
        "success": True,
        "job_id": job_id,
        "status": "queued",
        "progress_url": f"/api/progress/{job_id}",
        "status_url": f"/api/jobs/{job_id}/status",
        "already_running": False,
    }
    assert client.get(answer.json["status_url"]).json["type"] == "footage_session"


def test_a_second_one_is_told_of_the_first(client: CheckedClient) -> None:
    first = client.post(RUN, json={}).json["job_id"]
    second = client.post(RUN)
    assert (second.status_code, second.json["details"]) == (409, {"job_id": first})


def test_it_names_arguments_that_there_are_not(client: CheckedClient) -> None:
    answer = client.post(RUN, json={"args": ["--fast", "--all"]})
    assert (answer.status_code, list(answer.json["details"])) == (422, ["args"])
    assert "“--fast”, “--all”" in answer.json["message"]
    assert client.post(RUN, json={"arg": []}).status_code == 422


def test_it_tells_how_the_pipeline_stands(client: CheckedClient) -> None:
    footage_rows.footage("AF0001", status=states.COMPLETE)
    footage_rows.footage("AF0002", status=states.FAILED)
    footage_rows.footage("AF0003", status=states.AWAITING_USER_INPUT)
    before = client.get("/status").json
    assert (before["session"], before["sessions"], before["total"]) == (None, [], 3)
    assert (before["successes"], before["failures"]) == (1, 1)
    assert before["records"][states.AWAITING_USER_INPUT] == 1
    assert before["records"].keys() == states.FOOTAGE.keys()
    job_id = client.post(RUN, json={"args": []}).json["job_id"]
    after = client.get("/status").json
    assert (after["session"]["job_id"], after["session"]["status"]) == (job_id, "queued")
    assert [session["job_id"] for session in after["sessions"]] == [job_id]


@pytest.mark.parametrize(("role", "statuses"), [(VIEWER, {403}), (OPERATOR, {200, 202})])
def test_it_is_for_operators(closed: Closed, role: str, statuses: set[int]) -> None:
    program = closed.program("Vera" if role == VIEWER else "Otto", role)
    answers = [
        program.client.get("/status", headers=program.headers),
        program.client.post(RUN, json={}, headers=program.headers),
    ]
    assert {answer.status_code for answer in answers} == statuses


def test_strangers_are_answered_as_programs_are(closed: Closed) -> None:
    for answer in (closed.stranger().client.get("/status"), closed.stranger().client.post(RUN, json={})):
        assert (answer.status_code, answer.get_json()["error"]) == (401, "unauthenticated")
