"""The pages of webhooks: a person's endpoints, what each was sent, and what came of every try."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response

import clock
from blueprints.actor import current_actor, current_owner_id, identity_or_none
from blueprints.labels import Label
from blueprints.library_owner import meant_owner
from blueprints.page_forms import ID, FormAnswer, answer_form, flashing, go_to
from errors import BackbeatError
from models import WebhookEndpoint
from services.webhooks import deliveries, endpoints, states
from services.webhooks.outbox import JOB_EVENTS

bp = Blueprint("webhooks", __name__, url_prefix="/webhooks")

DELIVERY = {
    states.PENDING: Label("On its way", "hourglass-split", "live", "It is sent when its time has come."),
    states.DELIVERED: Label("Delivered", "check-circle-fill", "good", "The receiver took it."),
    states.FAILED: Label("Given up", "x-circle-fill", "hot", "The receiver did not take it at any try."),
    states.CANCELED: Label("Not sent", "slash-circle-fill", "faint", "The webhook was switched off first."),
}
WORKS = Label("On", "check-circle-fill", "good")
FAILS = Label("Failing", "exclamation-triangle-fill", "warm", "Nothing has been taken since the last failure.")
OFF = Label("Off", "slash-circle-fill", "hot", "Nothing is sent to it.")
EVENTS = {
    "job.finished": "A job has finished",
    "job.failed": "A job has failed for good",
    "job.canceled": "A job was canceled",
}
PER_PAGE = 50


@bp.record_once
def _tell_of_those_switched_off(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals["webhooks_switched_off"] = webhooks_switched_off


def webhooks_switched_off() -> int:
    """How many of one's own were switched off because they failed; looked at for whole pages only."""
    identity = identity_or_none()
    return endpoints.switched_off_by_us(identity.user_id) if identity and "X-Refresh" not in request.headers else 0


def state_of(endpoint: WebhookEndpoint) -> Label:
    if endpoint.disabled_at is not None:
        return OFF
    return FAILS if endpoint.failing_since is not None else WORKS


@bp.get("")
def index() -> str:
    return _index()


def _index(error: BackbeatError | None = None) -> str:
    owner = meant_owner(request.args)
    return _render(
        "webhooks.html",
        owner=owner,
        endpoints=endpoints.of_owner(owner.id),
        error=error,
        typed=request.form,
        chosen=request.form.getlist("events") if request.form else list(JOB_EVENTS),
    )


@bp.post("")
def create() -> FormAnswer:
    form = request.form
    return answer_form(
        lambda: endpoints.create(
            current_owner_id(),
            form.get("url", "").strip(),
            form.getlist("events"),
            description=form.get("description", ""),
            actor=current_actor(),
        ),
        then=lambda made: _show_secret(*made),
        again=_index,
    )


@bp.get(f"/<{ID}:webhook_id>")
def show(webhook_id: int) -> str:
    return _show(webhook_id)


def _show(webhook_id: int, error: BackbeatError | None = None) -> str:
    state, cursor = request.args.get("state", ""), request.args.get("cursor", "")
    wanted = state if state in states.STATES else None
    endpoint = endpoints.get(webhook_id)
    page = deliveries.page_of(webhook_id, state=wanted, cursor=cursor or None, limit=PER_PAGE)
    chosen = request.form.getlist("events") if error else endpoint.events
    return _render(
        "webhook.html",
        endpoint=endpoint,
        is_own=endpoint.owner_id == current_owner_id(),
        page=page,
        state=wanted,
        is_first=not cursor,
        error=error,
        chosen=chosen,
        is_standing="is_standing" in request.form if error else endpoint.is_standing,
        now=clock.now(),
    )


@bp.post(f"/<{ID}:webhook_id>")
def change(webhook_id: int) -> FormAnswer:
    endpoints.refuse_foreign(webhook_id, current_owner_id())
    form = request.form
    return answer_form(
        lambda: endpoints.change(
            webhook_id,
            actor=current_actor(),
            url=form.get("url", "").strip(),
            events=form.getlist("events"),
            description=form.get("description", "").strip()[: endpoints.MAX_DESCRIPTION_CHARS],
            is_standing="is_standing" in form,
        ),
        then=lambda _: url_for(".show", webhook_id=webhook_id),
        again=lambda error: _show(webhook_id, error),
    )


@bp.post(f"/<{ID}:webhook_id>/test")
def test(webhook_id: int) -> Response:
    with flashing("A test is on its way; what comes of it stands at the top of the deliveries."):
        deliveries.send_test(webhook_id, actor=current_actor())
    return go_to(url_for(".show", webhook_id=webhook_id))


@bp.post(f"/<{ID}:webhook_id>/rotate")
def rotate(webhook_id: int) -> FormAnswer:
    endpoints.refuse_foreign(webhook_id, current_owner_id())
    return _show_secret(*endpoints.rotate(webhook_id, actor=current_actor()))


@bp.post(f"/<{ID}:webhook_id>/on")
def switch_on(webhook_id: int) -> Response:
    with flashing("The webhook is on again. What it missed can be sent again from its deliveries."):
        endpoints.change(webhook_id, enabled=True, actor=current_actor())
    return go_to(url_for(".show", webhook_id=webhook_id))


@bp.post(f"/<{ID}:webhook_id>/off")
def switch_off(webhook_id: int) -> Response:
    with flashing("The webhook is off: nothing is sent to it."):
        endpoints.change(webhook_id, enabled=False, actor=current_actor())
    return go_to(url_for(".show", webhook_id=webhook_id))


@bp.post(f"/<{ID}:webhook_id>/delete")
def delete(webhook_id: int) -> Response:
    endpoints.refuse_foreign(webhook_id, current_owner_id())
    with flashing("The webhook is deleted, with its deliveries."):
        endpoints.delete(webhook_id, actor=current_actor())
    return go_to(url_for(".index"))


@bp.get(f"/deliveries/<{ID}:delivery_id>")
def delivery(delivery_id: int) -> str:
    found = deliveries.get(delivery_id)
    endpoint = endpoints.get(found.message.endpoint_id)
    return _render("webhook_delivery.html", found=found, message=found.message, endpoint=endpoint)


@bp.post(f"/deliveries/<{ID}:delivery_id>/redeliver")
def redeliver(delivery_id: int) -> Response:
    with flashing("It is on its way again."):
        deliveries.redeliver(delivery_id, actor=current_actor())
    return go_to(url_for(".delivery", delivery_id=delivery_id))


def _show_secret(endpoint: WebhookEndpoint, secret: str) -> FormAnswer:
    return _render("webhook_secret.html", endpoint=endpoint, secret=secret), 201


def _render(template: str, **values: Any) -> str:
    return render_template(template, delivery_label=DELIVERY.__getitem__, state_of=state_of, events=EVENTS, **values)
