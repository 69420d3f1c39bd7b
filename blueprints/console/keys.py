"""Keys of programs: whose they are, what they may, and revoking them."""

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from blueprints.actor import current_actor, current_identity
from blueprints.console.people import refuse_while_open
from blueprints.page_access import roles_up_to, show_key
from blueprints.page_forms import FormAnswer, answer_form, flashing, go_to
from errors import BackbeatError, InvalidInput, NotFound
from extensions import current_settings
from models import ApiKey
from services.access import keys, overview, people

bp = Blueprint("keys", __name__, url_prefix="/keys")

NAMES_TO_CHOOSE_FROM = 200


@bp.get("")
def index() -> str:
    return _page()


def _page(*, error: BackbeatError | None = None) -> str:
    shows_revoked, before = "revoked" in request.args, request.args.get("before", type=int)
    return render_template(
        "console/keys.html",
        page=overview.key_page(revoked=shows_revoked, before=before),
        shows_revoked=shows_revoked,
        is_first=before is None,
        of_settings=len(current_settings().api_keys),
        roles=roles_up_to(current_identity().role),
        names=overview.names(NAMES_TO_CHOOSE_FROM),
        error=error,
        typed=request.form,
    )


@bp.post("")
def create() -> FormAnswer:
    return answer_form(
        _create,
        then=lambda made: show_key(made[0].name, made[1], url_for(".index")),
        again=lambda error: _page(error=error),
    )


def _create() -> tuple[ApiKey, str]:
    refuse_while_open()
    name, role, owner = (request.form.get(field, "") for field in ("name", "role", "owner"))
    return keys.create(_owner_id(owner), name, role, actor=current_actor(), maker_role=current_identity().role)


def _owner_id(name: str) -> int:
    """:raise InvalidInput: if nobody has that name; none means whoever asks."""
    if not name.strip():
        return current_identity().user_id
    try:
        return people.named(name).id
    except NotFound as e:
        raise InvalidInput(e.message, details={"owner": e.message}) from e


@bp.post("/<int:key_id>/revoke")
def revoke(key_id: int) -> Response:
    with flashing("The key is revoked; what uses it is refused from now on."):
        keys.revoke(key_id, actor=current_actor())
    return go_to(url_for(".index"))
