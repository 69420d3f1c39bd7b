"""What people read for the machine's words about how a render's end is found out, as in `blueprints/labels.py`."""

from collections.abc import Mapping

from flask.sansio.app import App

from blueprints.labels import Label
from services.renders import events, states

FOUND_BY: Mapping[str | None, str] = {
    states.WEBHOOK: "the renderer’s call",
    states.POLL: "looking",
    None: "–",
}

EVENT: Mapping[str, Label] = {
    events.STARTED: Label("Taken by the renderer", "play-circle", "live"),
    events.FINISHED: Label("Ended", "flag-fill", "still", "This ended it."),
    events.LATE: Label("Late", "clock-history", "still", "It was over already, as this says."),
    events.REPEATED: Label("Repeated", "arrow-repeat", "still", "This was said before."),
    events.UNKNOWN: Label("Unknown job", "question-circle", "mild", "It is about a job that is not this render’s."),
    events.CONTRADICTED: Label("Contradicted", "exclamation-triangle-fill", "warm", "Who knows better says otherwise."),
    events.WAITING: Label("Not seen yet", "eye", "still", "It could not be seen whether it is so; asked again later."),
    events.RETRIED: Label("Retried", "arrow-clockwise", "live", "Somebody had it begun anew."),
}


def init_app(app: App) -> None:
    """Let templates use the tables by name."""
    app.jinja_env.globals.update(render_found_by=FOUND_BY.__getitem__, render_event_label=EVENT.__getitem__)
