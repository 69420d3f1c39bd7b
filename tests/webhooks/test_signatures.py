"""Whoever has the secret can tell that a message is ours: the reference libraries of Python and JavaScript decide."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

import clock
from services.webhooks import endpoints, secrets, signing
from tests.servers.sink import Received, Sink
from tests.webhooks.conftest import Deliver, MakeEndpoint, Owe, PassTime
from tests.webhooks.rounds import BODY

Verifies = Callable[[Received, str], bool]
VERIFIER = Path(__file__).with_name("verify.mjs")


def _in_python(received: Received, secret: str) -> bool:
    try:
        said = Webhook(secret).verify(received.body, received.headers)
    except WebhookVerificationError:
        return False
    return bool(said == json.loads(received.body))


def _in_javascript(received: Received, secret: str) -> bool:
    question = {"secret": secret, "headers": received.headers, "body": received.body.decode()}
    done = subprocess.run(["node", VERIFIER], input=json.dumps(question), capture_output=True, text=True, check=True)
    return {"verified": True, "refused": False}[done.stdout.strip()]


@pytest.fixture(params=[_in_python, _in_javascript], ids=["python", "javascript"])
def verifies(request: pytest.FixtureRequest) -> Verifies:
    verifier: Verifies = request.param
    return verifier


def _signed(secret: str, *, at: float, body: str = BODY, message_id: str = "msg_1") -> Received:
    return Received("/", signing.headers(message_id, at, body, [secret]), body.encode(), 0.0)


def test_what_arrives_is_verified(
    make_endpoint: MakeEndpoint,
    owe: Owe,
    deliver: Deliver,
    receiver: Sink,
    secrets_of: dict[int, str],
    verifies: Verifies,
) -> None:
    endpoint_id = make_endpoint().id
    owe(endpoints.get(endpoint_id))
    deliver()
    assert verifies(receiver.received[0], secrets_of[endpoint_id])


def test_another_secret_refuses_it(verifies: Verifies) -> None:
    assert not verifies(_signed(secrets.new(), at=clock.now()), secrets.new())


def test_another_body_is_refused(verifies: Verifies) -> None:
    secret = secrets.new()
    genuine = _signed(secret, at=clock.now())
    assert not verifies(Received("/", genuine.headers, b'{"job_id":"02"}', 0.0), secret)


def test_another_id_is_refused(verifies: Verifies) -> None:
    secret = secrets.new()
    genuine = _signed(secret, at=clock.now())
    assert not verifies(Received("/", genuine.headers | {"webhook-id": "msg_2"}, genuine.body, 0.0), secret)


@pytest.mark.parametrize("seconds", [-301, 302])
def test_an_old_one_is_refused_and_one_of_the_future(seconds: float, verifies: Verifies) -> None:
    secret = secrets.new()
    assert not verifies(_signed(secret, at=clock.now() + seconds), secret)


def test_both_secrets_verify_for_a_day_and_then_the_new_one_only(
    make_endpoint: MakeEndpoint,
    owe: Owe,
    deliver: Deliver,
    receiver: Sink,
    secrets_of: dict[int, str],
    pass_time: PassTime,
    verifies: Verifies,
) -> None:
    endpoint_id = make_endpoint().id
    old = secrets_of[endpoint_id]
    _, new = endpoints.rotate(endpoint_id, actor="test")
    owe(endpoints.get(endpoint_id))
    deliver()
    pass_time(secrets.OVERLAP_SECONDS + 1)
    owe(endpoints.get(endpoint_id))
    deliver()
    during, after = receiver.received
    assert [verifies(during, old), verifies(during, new)] == [True, True]
    assert [verifies(after, old), verifies(after, new)] == [False, True]


def test_a_secret_is_long_enough_and_never_the_same() -> None:
    made = {secrets.new() for _ in range(100)}
    assert len(made) == 100
    assert all(secret.startswith("whsec_") and len(secret) == 50 for secret in made)
