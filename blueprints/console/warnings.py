"""What is wrong, on top of every page of the console; looked at once a request."""

from flask import request
from flask.blueprints import BlueprintSetupState

from services.fleet.glance import Glance, glance
from services.fleet.warnings import Warning, warn
from version import APP_VERSION

_GLANCE = "backbeat.glance"


def glance_of_request() -> Glance:
    """The look that this request has taken already, or takes now."""
    seen: Glance = request.environ.get(_GLANCE) or glance()
    request.environ[_GLANCE] = seen
    return seen


def console_warnings() -> list[Warning]:
    return warn(glance_of_request(), APP_VERSION)


def init_app(setup: BlueprintSetupState) -> None:
    """Let the console's frame ask for them."""
    setup.app.jinja_env.globals["console_warnings"] = console_warnings
