"""What is wrong, on top of every page of the console; looked at once a request."""

from flask import g
from flask.blueprints import BlueprintSetupState

from services.fleet.glance import Glance, glance
from services.fleet.warnings import Warning, warn
from version import APP_VERSION


def glance_of_request() -> Glance:
    """The look that this request has taken already, or takes now."""
    if "glance" not in g:
        g.glance = glance()
    seen: Glance = g.glance
    return seen


def console_warnings() -> list[Warning]:
    return warn(glance_of_request(), APP_VERSION)


def init_app(setup: BlueprintSetupState) -> None:
    """Let the console's frame ask for them."""
    setup.app.jinja_env.globals["console_warnings"] = console_warnings
