import pytest
from flask.testing import FlaskClient

from services.analysing import submit_song
from tests.conftest import MakeSong

HUGE = 10**30
pytestmark = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


@pytest.mark.parametrize("address", [f"/admin/audit?cursor=-{HUGE}", f"/admin/schedules/clean_up?before={HUGE}"])
def test_they_are_no_mistake_of_ours(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code < 500


def test_nor_on_a_jobs_page(client: FlaskClient, make_song: MakeSong) -> None:
    job_id = submit_song(make_song().id).job_id
    assert client.get(f"/admin/jobs/{job_id}?log_before={HUGE}").status_code < 500
