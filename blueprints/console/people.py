"""People who can sign in: inviting them, their roles, and shutting them out."""

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from blueprints.actor import current_actor, current_identity
from blueprints.page_access import show_link
from blueprints.page_forms import FormAnswer, answer_form, flashing, go_to
from errors import BackbeatError, Conflict
from models import User
from services.access import links, overview, people
from services.access.roles import ROLES

bp = Blueprint("people", __name__, url_prefix="/people")


@bp.get("")
def index() -> str:
    return _page()


def _page(*, error: BackbeatError | None = None) -> str:
    query = request.args.get("q", "").strip()
    after = request.args.get("after", "")
    return render_template(
        "console/people.html",
        page=overview.people_page(query, after),
        query=query,
        is_first=not after,
        roles=ROLES,
        error=error,
        typed=request.form,
    )


@bp.post("")
def invite() -> FormAnswer:
    return answer_form(_create, then=lambda user: _new_link(user.id), again=lambda error: _page(error=error))


def _create() -> User:
    refuse_while_open()
    name, role = request.form.get("name", ""), request.form.get("role", "")
    return people.create(name, role, password=None, actor=current_actor())


def refuse_while_open() -> None:
    """:raise Conflict: if Backbeat is open: closing it would leave nobody who can sign in."""
    if current_identity().kind == "local":
        raise Conflict("Make the first admin first: what closes Backbeat must leave somebody who can sign in.")


@bp.post("/first")
def first() -> Response:
    """On to the page where whoever is at this machine makes the first admin of themselves."""
    return go_to(url_for("sign_in.welcome", token=links.first_person_link()))


@bp.post("/<int:user_id>/link")
def new_link(user_id: int) -> FormAnswer:
    try:
        return _new_link(user_id)
    except Conflict as e:
        return _page(error=e), e.http_status


def _new_link(user_id: int) -> tuple[str, int]:
    token = links.password_link(user_id, actor=current_actor())
    return show_link(people.get(user_id).name, url_for("sign_in.welcome", token=token), url_for(".index"))


@bp.post("/<int:user_id>/role")
def set_role(user_id: int) -> Response:
    with flashing("The role is changed."):
        people.set_role(user_id, request.form.get("role", ""), actor=current_actor())
    return go_to(url_for(".index"))


@bp.post("/<int:user_id>/disable")
def disable(user_id: int) -> Response:
    with flashing("They are signed out, and their keys do not hold any more."):
        people.disable(user_id, actor=current_actor())
    return go_to(url_for(".index"))


@bp.post("/<int:user_id>/enable")
def enable(user_id: int) -> Response:
    with flashing("They can sign in again, with the password and the keys that they had."):
        people.enable(user_id, actor=current_actor())
    return go_to(url_for(".index"))
