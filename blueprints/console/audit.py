"""The audit log: who did what, to how many, and how it came out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template, request, stream_with_context

from blueprints.labels import Label
from errors import InvalidInput, NotFound
from services import audit, audit_export, audit_log, export_files
from services.audit_log import FIELDS, TARGET_TYPES, AuditFilter, AuditPage
from services.jobs import states

bp = Blueprint("audit", __name__, url_prefix="/audit")

ENTRIES_PER_PAGE = 50

OUTCOME = {
    audit.RUNNING: Label("Under way", "activity", "live"),
    audit.DONE: Label("Done", "check-circle-fill", "good"),
    audit.REFUSED: Label("Refused", "slash-circle-fill", "warm", "It was not possible; the reason stands beside it."),
    audit.FAILED: Label("Failed", "x-circle-fill", "hot"),
    audit.CANCELED: Label("Stopped", "slash-circle-fill", "faint", "Somebody stopped it before it was through."),
}
DEEDS = {
    "retry": ("Retry", "arrow-clockwise"),
    "cancel": ("Cancel", "x-lg"),
    "delete": ("Delete", "trash3"),
    "priority": ("Change of priority", "arrow-up-circle-fill"),
    "pause": ("Pause", "pause-fill"),
    "resume": ("Resume", "play-fill"),
    "pause_schedule": ("Pause schedule", "pause-fill"),
    "resume_schedule": ("Resume schedule", "play-fill"),
    "run_schedule": ("Run schedule now", "play-fill"),
    "sign_in": ("Sign-in", "person"),
    "person_create": ("New person", "plus-circle-fill"),
    "person_role": ("Change of role", "sliders"),
    "person_disable": ("Disable", "slash-circle-fill"),
    "person_enable": ("Enable", "check-circle-fill"),
    "password_change": ("New password", "pencil"),
    "link_create": ("Link to choose a password", "link-45deg"),
    "key_create": ("New key", "plus-circle-fill"),
    "key_revoke": ("Revoke", "x-circle-fill"),
    "webhook_create": ("New webhook", "plus-circle-fill"),
    "webhook_change": ("Change of a webhook", "pencil"),
    "webhook_on": ("Switch on", "play-fill"),
    "webhook_off": ("Switch off", "slash-circle-fill"),
    "webhook_rotate": ("New secret", "key"),
    "webhook_delete": ("Delete", "trash3"),
    "webhook_redeliver": ("Send again", "arrow-clockwise"),
    "recover": ("Recover", "bandaid-fill"),
    "retry_render": ("Retry a render", "arrow-clockwise"),
    "add_window": ("New maintenance window", "plus-circle-fill"),
    "end_window": ("End maintenance early", "skip-end-fill"),
    "remove_window": ("Remove maintenance window", "trash3"),
    "add_alert": ("New alert", "plus-circle-fill"),
    "remove_alert": ("Remove alert", "trash3"),
}
TARGETS = {
    "job": "a job",
    "jobs": "many jobs",
    "queue": "a queue",
    "worker": "a worker",
    "schedule": "a schedule",
    "error_group": "a group of failures",
    "person": "a person",
    "key": "an API key",
    "webhook": "a webhook",
    "delivery": "a webhook’s message",
    "render": "a render",
    "video": "a video",
    "footage": "footage",
    "stuck": "all that is stuck of a kind",
    "window": "a maintenance window",
    "alert": "an alert",
}
# Facts of an entry that are for machines, or stand elsewhere on its line.
_UNSHOWN = frozenset({"token", "got_to", "which", "title", "action"})


@dataclass(frozen=True, slots=True)
class AuditList:
    """What the page shows, or why it shows nothing."""

    kept: Mapping[str, str]
    found: AuditPage
    actors: tuple[str, ...]
    actions: tuple[str, ...]
    is_first: bool
    error: InvalidInput | None = None


@bp.get("")
def index() -> tuple[str, int]:
    kept = {name: value for name in FIELDS if (value := request.args.get(name, "").strip())}
    cursor = request.args.get("cursor", type=int)
    found, error = AuditPage((), None), None
    try:
        found = audit_log.page(AuditFilter.from_mapping(kept), limit=ENTRIES_PER_PAGE, cursor=cursor)
    except InvalidInput as e:
        error = e
    actors, actions = audit_log.known_values()
    page = AuditList(kept, found, tuple(actors), tuple(actions), cursor is None, error)
    return render_template("console/audit.html", page=page, **_WORDS), 422 if error else 200


@bp.get("/export.<form>")
def export(form: str) -> Response:
    """All entries of the list, as a file that is made while it is sent."""
    if form not in export_files.FORMATS:
        raise NotFound(f"The log is exported as {' or '.join(export_files.FORMATS)}, not as {form[:20]!r}.")
    wanted = AuditFilter.from_mapping(request.args)
    body = stream_with_context(audit_export.pieces(wanted, form))
    response = Response(body, content_type=export_files.FORMATS[form])
    response.headers.set("Content-Disposition", "attachment", filename=audit_export.file_name(form))
    return response


def deed(action: str) -> tuple[str, str]:
    """What an action is called, and its icon; one that another part has brought is called by its name."""
    return DEEDS.get(action) or (action.replace("_", " ").capitalize(), "gear")


def facts(details: Mapping[str, Any]) -> dict[str, str]:
    """What else is known of an entry, by name, in words."""
    told = {name: value for name, value in details.items() if name not in _UNSHOWN and name != "filter"}
    told |= details.get("filter") or {}
    return {
        name.replace("_", " ").capitalize(): _text(value) for name, value in told.items() if value not in ("", None)
    }


def _text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


_WORDS: dict[str, Any] = {
    "audit_outcome": OUTCOME.__getitem__,
    "deed": deed,
    "facts": facts,
    "target_types": TARGET_TYPES,
    "target_names": TARGETS,
    "live_states": states.LIVE,
}
