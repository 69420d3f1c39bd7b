"""The way in and out: the sign-in form, one-time links, and signing out."""

import flask
from flask import Blueprint, flash, render_template, request, session, url_for
from werkzeug.wrappers import Response

from blueprints.access.csrf import StaleForm
from blueprints.access.identify import SIGN_IN
from blueprints.actor import identity_or_none
from blueprints.error_pages import answer_known
from blueprints.page_access import own_path
from blueprints.page_forms import FormAnswer, answer_form, go_to
from errors import BackbeatError, Forbidden, NotFound
from extensions import current_settings
from models import User
from services.access import links, people, sign_ins

bp = Blueprint("sign_in", __name__)


@bp.after_request
def keep_out_of_caches(answer: flask.Response) -> flask.Response:
    answer.headers.setdefault("Cache-Control", "no-store")
    return answer


@bp.get("/sign-in")
def sign_in() -> FormAnswer:
    identity = identity_or_none()
    if identity is not None and identity.kind == "person":
        return go_to(own_path(request.args.get("next")))
    return _sign_in_page(request.args.get("next")), 200


@bp.post("/sign-in")
def enter() -> FormAnswer:
    name, password, following = (request.form.get(field, "") for field in ("name", "password", "next"))

    def begun(token: str) -> str:
        _begin_session(token)
        return own_path(following)

    return answer_form(
        lambda: sign_ins.sign_in(name, password, **_where()),
        then=begun,
        again=lambda error: _sign_in_page(following, name=name, error=error),
    )


def _sign_in_page(following: str | None, *, name: str = "", error: BackbeatError | None = None) -> str:
    settings = current_settings()
    return render_template(
        "sign_in.html",
        following=own_path(following),
        name=name,
        error=error,
        is_exposed=not (settings.is_local or settings.is_encrypted or request.is_secure),
        is_anybody=people.anybody(),
    )


@bp.post("/sign-out")
def sign_out() -> Response:
    _end_session()
    flash("You have signed out.", "success")
    return go_to(url_for(".sign_in"))


@bp.get("/welcome/<token>")
def welcome(token: str) -> FormAnswer:
    return _welcome_page(token)


@bp.post("/welcome/<token>")
def choose_password(token: str) -> FormAnswer:
    name, password = request.form.get("name"), request.form.get("password", "")
    try:
        return answer_form(
            lambda: links.use(token, name=name, password=password),
            then=_welcomed,
            again=lambda error: _welcome_page(token, name=name or "", error=error)[0],
        )
    except NotFound:
        return _link_is_over()


def _welcomed(user: User) -> str:
    name, user_id = user.name, user.id
    _begin_session(sign_ins.begin(user_id, **_where()))
    flash(f"Welcome, {name}. You are signed in.", "success")
    return own_path(None)


def _welcome_page(token: str, *, name: str = "", error: BackbeatError | None = None) -> tuple[str, int]:
    invitation = links.find(token)
    if invitation is None:
        return _link_is_over()
    return render_template("welcome.html", invitation=invitation, name=name, error=error), 200


def _link_is_over() -> tuple[str, int]:
    return render_template("link_over.html"), 404


@bp.errorhandler(StaleForm)
def send_once_more(error: StaleForm) -> FormAnswer | Response:
    """Two tabs opened the way in, and the later one's cookie won: the same form again, with what was typed."""
    again = Forbidden("Please send it once more. If this comes again, allow cookies for this address.")
    if request.endpoint == "sign_in.enter":
        page = _sign_in_page(request.form.get("next"), name=request.form.get("name", ""), error=again)
    elif request.endpoint == "sign_in.choose_password":
        page = _welcome_page((request.view_args or {})["token"], name=request.form.get("name", ""), error=again)[0]
    else:
        return answer_known(error)
    return page, error.http_status


def _where() -> dict[str, str]:
    """From where somebody signs in."""
    return {"address": request.remote_addr or "", "agent": request.user_agent.string}


def _begin_session(token: str) -> None:
    """A new session, so that nothing of the one before, which others may know, lives on (session fixation)."""
    _end_session()
    session[SIGN_IN] = token


def _end_session() -> None:
    token = session.get(SIGN_IN)
    if isinstance(token, str):
        sign_ins.sign_out(token)
    session.clear()
