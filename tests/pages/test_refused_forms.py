"""What was typed into a form that is refused is still there."""

from flask.testing import FlaskClient

from tests.pages.conftest import Open


def test_a_pause_without_its_end_keeps_reason_and_length(client: FlaskClient) -> None:
    answer = client.post("/admin/queues/low/pause", data={"reason": "Backup", "length": "until", "until": ""})
    assert answer.status_code == 422
    assert "Say until when" in answer.text
    assert 'value="Backup"' in answer.text
    assert '<option value="until" selected>' in answer.text


def test_a_schedules_times_stay_as_typed(client: FlaskClient, open_page: Open) -> None:
    answer = client.post("/admin/schedules/clean_up/change", data={"cron": "61 * * * *"})
    assert "cron=61" in answer.location
    assert open_page(answer.location, 422).all("input", id="cron", value="61 * * * *")


def test_times_that_are_taken_lead_back_to_the_schedule(client: FlaskClient) -> None:
    answer = client.post("/admin/schedules/clean_up/change", data={"cron": "0 4 * * *"})
    assert answer.location == "/admin/schedules/clean_up"
