"""Files that come over HTTP."""

from collections.abc import Callable
from io import BytesIO

import pytest

from tests.api.client import CheckedClient

LYRICS = b"Row, row, row your boat\nGently down the stream\n"


def test_it_imports_what_it_can_and_names_what_it_refused(client: CheckedClient, run_jobs: Callable[[], None]) -> None:
    files = [(BytesIO(LYRICS), "Trad - Row Your Boat.txt"), (BytesIO(b"MZ\x90\x00\x03"), "virus.exe")]
    answer = client.post("/api/import", data={"files": files})
    assert answer.status_code == 202
    run_jobs()
    result = client.get(answer.json["progress_url"]).json["result"]
    assert (result["counts"]["added"], result["counts"]["refused"]) == (1, 1)
    assert result["refused"][0]["name"] == "virus.exe"
    assert client.get("/api/songs?q=boat").json["songs"][0]["title"] == "Row Your Boat"


def test_it_says_what_was_there_already(client: CheckedClient, run_jobs: Callable[[], None]) -> None:
    for _ in range(2):
        answer = client.post("/api/import", data={"files": (BytesIO(LYRICS), "Trad - Row Your Boat.txt")})
        run_jobs()
    counts = client.get(answer.json["progress_url"]).json["result"]["counts"]
    assert (counts["added"], counts["existing"]) == (0, 1)


@pytest.mark.parametrize("data", [{}, {"file": (BytesIO(b"x"), "x.txt")}, {"files": "not a file"}])
def test_it_refuses_a_form_without_files(client: CheckedClient, data: dict[str, object]) -> None:
    answer = client.post("/api/import", data=data, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert answer.json["details"].keys() == {"files"}


def test_it_refuses_what_is_no_form(client: CheckedClient) -> None:
    assert client.post("/api/import", json={"files": []}).status_code == 415


def test_it_refuses_a_name_with_a_nul(client: CheckedClient) -> None:
    part = b"--b\r\nContent-Disposition: form-data; name=files; filename*=UTF-8''a%00b.txt\r\n\r\nla\r\n--b--\r\n"
    answer = client.post("/api/import", data=part, content_type="multipart/form-data; boundary=b")
    assert answer.status_code == 422


def test_it_keeps_files_inside_its_own_folder(client: CheckedClient, run_jobs: Callable[[], None]) -> None:
    answer = client.post("/api/import", data={"files": (BytesIO(LYRICS), "../../../../tmp/Trad - Row.txt")})
    run_jobs()
    assert client.get(answer.json["progress_url"]).json["result"]["counts"]["added"] == 1
