from flask.testing import FlaskClient

from extensions import db
from models import QueueState
from tests.pages.conftest import Open


def test_it_is_where_admin_leads(client: FlaskClient) -> None:
    assert client.get("/admin").location == "/admin/queues"


def test_it_says_how_the_workers_fare_and_why(open_page: Open) -> None:
    page = open_page("/admin/queues")
    assert "Down No worker is running" in page.text


def test_it_pauses_a_queue_with_a_reason_and_resumes_it(client: FlaskClient, open_page: Open) -> None:
    client.post("/admin/queues/low/pause", data={"reason": "Maintenance"})
    assert "low is paused: Maintenance" in open_page("/admin/queues").text
    client.post("/admin/queues/low/resume")
    assert not db.session.get_one(QueueState, "low", populate_existing=True).paused


def test_it_tells_that_there_is_no_such_queue(client: FlaskClient) -> None:
    answer = client.post("/admin/queues/nowhere/pause", follow_redirects=True)
    assert "There is no queue" in answer.text
