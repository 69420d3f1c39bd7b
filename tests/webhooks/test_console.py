"""What operators see of everybody's webhooks."""

from flask.testing import FlaskClient

from services import analysing
from services.webhooks import endpoints
from tests.conftest import MakeSong, RunJobs
from tests.servers.sink import Sink, answer
from tests.webhooks.conftest import Deliver, MakeEndpoint, Owe

WARNING = "A webhook was switched off"


def test_it_puts_those_that_fail_first(
    client: FlaskClient, make_endpoint: MakeEndpoint, owe: Owe, deliver: Deliver, receiver: Sink
) -> None:
    receiver.otherwise = answer(500)
    owe(make_endpoint(), 3)
    deliver()
    make_endpoint("http://127.0.0.1:9/works")
    page = client.get("/admin/webhooks").text
    assert page.index(receiver.url) < page.index("http://127.0.0.1:9/works")
    assert "3 on the way" in page
    assert WARNING not in page


def test_every_page_of_the_console_warns_of_one_that_was_switched_off(
    client: FlaskClient, make_endpoint: MakeEndpoint, owe: Owe, deliver: Deliver, receiver: Sink
) -> None:
    receiver.otherwise = answer(410)
    endpoint = make_endpoint()
    endpoint_id = endpoint.id
    owe(endpoint)
    deliver()
    assert WARNING in client.get("/admin/queues").text
    assert "It answered 410 Gone" in client.get("/admin/webhooks").text
    endpoints.change(endpoint_id, enabled=True, actor="test")
    assert WARNING not in client.get("/admin/queues").text


def test_it_does_not_warn_of_one_that_its_owner_has_switched_off(
    client: FlaskClient, make_endpoint: MakeEndpoint
) -> None:
    endpoints.change(make_endpoint().id, enabled=False, actor="test")
    assert WARNING not in client.get("/admin/queues").text


def test_metrics_tell_what_is_owed_and_what_came_of_it(
    client: FlaskClient, make_endpoint: MakeEndpoint, owe: Owe, deliver: Deliver, receiver: Sink
) -> None:
    receiver.script = [answer(204), answer(500)]
    owe(make_endpoint(), 2)
    deliver()
    told = client.get("/metrics").text.splitlines()
    assert "backbeat_webhooks_pending 1.0" in told
    assert "backbeat_webhook_oldest_late_seconds 0.0" in told
    assert "backbeat_webhooks_switched_off 0.0" in told
    assert 'backbeat_webhook_tries_total{outcome="delivered"} 1.0' in told
    assert 'backbeat_webhook_tries_total{outcome="failed"} 1.0' in told


def test_the_audit_log_tells_who_did_what(client: FlaskClient, make_endpoint: MakeEndpoint) -> None:
    endpoints.rotate(make_endpoint().id, actor="Somebody")
    page = client.get("/admin/audit").text
    assert "New webhook" in page
    assert "New secret" in page


def test_a_job_names_the_webhooks_that_were_told_of_it(
    client: FlaskClient,
    make_song: MakeSong,
    make_endpoint: MakeEndpoint,
    run_jobs: RunJobs,
    deliver: Deliver,
) -> None:
    make_endpoint()
    job_id = analysing.submit_song(make_song().id).job_id
    assert "Webhooks that were told" not in client.get(f"/admin/jobs/{job_id}").text
    run_jobs()
    deliver()
    page = client.get(f"/admin/jobs/{job_id}").text
    assert "Webhooks that were told" in page
    assert "job.finished, attempt 1</a> delivered, answered 204" in page
