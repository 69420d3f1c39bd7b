"""The progress of many jobs at once."""

from collections.abc import Callable

import pytest

from tests.api.client import CheckedClient


def test_it_answers_each_document_as_it_would_alone(
    client: CheckedClient, analyze: Callable[..., str], run_jobs: Callable[[], None]
) -> None:
    done = analyze()
    run_jobs()
    waiting = analyze()
    together = client.get(f"/api/progress?ids={done},{waiting}").json
    assert together["progress"] == {one: client.get(f"/api/progress/{one}").json for one in (done, waiting)}
    assert together["missing"] == []


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_it_names_those_that_are_missing(client: CheckedClient, analyze: Callable[..., str]) -> None:
    there, never = analyze(), "01JD8Z5M3V7Q2K4N6P8R0S1T2W"
    answer = client.get("/api/progress", query_string={"ids": f'{never},{there},"\x00é'}).json
    assert list(answer["progress"]) == [there]
    assert answer["missing"] == [never, '"\x00é']


def test_it_takes_each_id_once(client: CheckedClient, analyze: Callable[..., str]) -> None:
    job_id = analyze()
    answer = client.get(f"/api/progress?ids={job_id},{job_id}, {job_id},zz,zz&ids={job_id}")
    assert answer.data.count(b'"job_id"') == 1
    assert answer.json["missing"] == ["zz"]


def test_it_takes_200_ids_and_no_more(client: CheckedClient) -> None:
    ids = [str(number) for number in range(201)]
    assert client.get("/api/progress", query_string={"ids": ",".join(ids[:200])}).status_code == 200
    refused = client.get("/api/progress", query_string={"ids": ",".join(ids)})
    assert refused.status_code == 422
    assert "200" in refused.json["details"]["ids"]


def test_it_refuses_no_ids(client: CheckedClient) -> None:
    for nothing in ("", "?ids=", "?ids=,%20,"):
        refused = client.get(f"/api/progress{nothing}")
        assert refused.status_code == 422
        assert refused.json["details"].keys() == {"ids"}


def test_it_answers_304_until_one_of_them_changes(
    client: CheckedClient, analyze: Callable[..., str], run_jobs: Callable[[], None]
) -> None:
    address = f"/api/progress?ids={analyze()},{analyze()}"
    headers = {"If-None-Match": client.get(address).headers["ETag"]}
    assert client.get(address, headers=headers).status_code == 304
    run_jobs()
    assert client.get(address, headers=headers).status_code == 200
