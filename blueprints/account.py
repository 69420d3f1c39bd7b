"""A person's own account: password, browsers that are signed in, and keys."""

from flask import Blueprint, flash, render_template, request, session, url_for
from werkzeug.wrappers import Response

from blueprints.access.identify import SIGN_IN
from blueprints.actor import current_identity
from blueprints.page_access import browser_in_words, roles_up_to, show_key
from blueprints.page_forms import FormAnswer, answer_form, flashing, go_to
from errors import BackbeatError, Forbidden
from services.access import keys, people, sign_ins, tokens

bp = Blueprint("account", __name__, url_prefix="/account")


@bp.before_request
def refuse_who_has_no_account() -> None:
    """:raise Forbidden: to programs' keys, which could otherwise make more of themselves, and while all is open."""
    if current_identity().kind != "person":
        raise Forbidden("Only somebody who has signed in has an account.", code="no_account")


@bp.get("")
def show() -> str:
    return _page()


def _page(*, password_error: BackbeatError | None = None, key_error: BackbeatError | None = None) -> str:
    identity = current_identity()
    everything = keys.of_user(identity.user_id)
    return render_template(
        "account.html",
        sign_ins=sign_ins.of_user(identity.user_id),
        this_one=tokens.digest(_token()),
        keys=[key for key in everything if key.revoked_at is None],
        revoked=[key for key in everything if key.revoked_at is not None],
        roles=roles_up_to(identity.role),
        browser_in_words=browser_in_words,
        password_error=password_error,
        key_error=key_error,
        typed=request.form,
    )


@bp.post("/password")
def change_password() -> FormAnswer:
    old, new = request.form.get("old_password", ""), request.form.get("new_password", "")
    return answer_form(
        lambda: people.change_password(current_identity().user_id, old, new, but=_token()),
        then=lambda _: _changed(),
        again=lambda error: _page(password_error=error),
    )


@bp.post("/sign-ins/<digest>/end")
def end_sign_in(digest: str) -> Response:
    with flashing("That browser is signed out."):
        sign_ins.end(current_identity().user_id, digest)
    return go_to(url_for(".show"))


@bp.post("/sign-ins/end-others")
def end_other_sign_ins() -> Response:
    with flashing("You are signed out everywhere but here."):
        sign_ins.sign_out_everywhere(current_identity().user_id, but=_token())
    return go_to(url_for(".show"))


@bp.post("/keys")
def create_key() -> FormAnswer:
    identity = current_identity()
    name, role = request.form.get("name", ""), request.form.get("role", "")
    return answer_form(
        lambda: keys.create(identity.user_id, name, role, actor=identity.name, maker_role=identity.role),
        then=lambda made: show_key(made[0].name, made[1], url_for(".show")),
        again=lambda error: _page(key_error=error),
    )


@bp.post("/keys/<int:key_id>/revoke")
def revoke_key(key_id: int) -> Response:
    identity = current_identity()
    with flashing("The key is revoked; what uses it is refused from now on."):
        keys.revoke(key_id, actor=identity.name, user_id=identity.user_id)
    return go_to(url_for(".show"))


def _token() -> str:
    return str(session[SIGN_IN])


def _changed() -> str:
    flash("The password is changed; everywhere else you are signed out.", "success")
    return url_for(".show")
