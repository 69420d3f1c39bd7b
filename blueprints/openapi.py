"""The OpenAPI 3.1 document, made from the views' own models, and a page that reads it.

Spectree collects what `operation` says of each view and writes the document. How requests are read and answered is
ours: its own way takes malformed JSON for an empty object, and does not look at the body of a DELETE.
"""

from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import cache
from typing import Any, TypeAlias

import orjson
from flask import Blueprint, current_app, render_template, request
from flask import Response as FlaskResponse
from pydantic import BaseModel
from spectree import Response, SpecTree, Tag
from spectree.model_adapter import ModelClass
from spectree.model_adapter.protocol import SchemaMode
from spectree.plugins.flask_plugin import FlaskPlugin
from werkzeug.routing import Rule

from blueprints.access.rules import PUBLIC, needed
from blueprints.idempotent import TAKES_KEY
from blueprints.parsing import MULTIPART, read_body, read_files, read_query
from blueprints.schemas.common import FOOTAGE_ID, JOB_ID, ROW_ID_MAX, Error
from version import RELEASE

Body: TypeAlias = BaseModel | Mapping[str, Any]
Headers: TypeAlias = Mapping[str, str]
Answer: TypeAlias = FlaskResponse | Body | tuple[Body, int] | tuple[Body, int, Headers]

bp = Blueprint("openapi", __name__)

SONGS = Tag(name="Songs", description="Songs, and what was found in their lyrics.")
PLAYLISTS = Tag(name="Playlists", description="Ordered lists of songs.")
ANALYSIS = Tag(name="Analysis", description="Starting long work: each answers at once with a job to follow.")
PROGRESS = Tag(name="Progress", description="How far jobs are, cheap enough to ask every second.")
EPISODES = Tag(name="Episodes", description="Recordings, what was said in them, and the clips cut out of them.")
FOOTAGE = Tag(name="Footage", description="Raw clips, and the pipeline that describes them frame by frame.")
ASYNC = Tag(name="Async API", description="Long work on episodes: hand it in, ask after it, stop it, or be told.")
JOBS = Tag(name="Jobs", description="All that is known of jobs, and what an operator may do to them.")
WEBHOOKS = Tag(name="Webhooks", description="Being told of jobs that are over.")
VIDEOS = Tag(name="Videos", description="Uploads in pieces, made ready for the web; none of them gets stuck.")
RENDERS = Tag(name="Renders", description="Work of an outside renderer, finished once however its end is found out.")
RECOVERY = Tag(name="Recovery", description="Whatever is stuck, and what becomes of it.")
FLEET = Tag(name="Queues and workers", description="How the queues and the workers fare.")
HEALTH = Tag(name="Health", description="For load balancers and monitoring.")


# What any address may answer beside what its view says of itself.
ANYWHERE = {
    "400": "The request cannot be read: malformed, or sent to a name that is not this server's.",
    "401": "Nobody said who asks, or with a key or session that does not hold.",
    "403": "Whoever asks may not do this, or not from another site, or nobody may (`READ_ONLY`).",
    "413": "The body is too large.",
    "429": "This was asked for too often.",
    "500": "A mistake of the server's; `error_id` finds it in the log.",
    "503": "The database or Redis does not answer just now.",
}
WITH_BODY = {"415": "The body is of another type."}
WITH_CHECKSUM = {"460": "What came does not come to the checksum that came with it; nothing of it is kept."}
WITH_INPUT = {"422": "A field or parameter is not acceptable; `details` names it."}
# By its name the document tells what kind of bytes a view reads.
TAKES_BYTES = "takes_bytes"
TEXT = {"type": "string"}
SECONDS = {"type": "integer", "minimum": 1, "description": "Seconds."}
IDEMPOTENCY_KEY: Mapping[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Sent again with the same request within a day, the first one's answer comes again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]([ -~]*[!-~])?$"},
}
IDEMPOTENT = {
    "409": "The first request with this Idempotency-Key is still being answered.",
    "422": "The Idempotency-Key cannot be one, or came with another request.",
}
HEADERS: dict[str, dict[str, dict[str, Any]]] = {
    "201": {"Location": TEXT},
    "202": {"Location": TEXT, "Retry-After": SECONDS},
    "429": {"Retry-After": SECONDS},
    "503": {"Retry-After": SECONDS},
}


# A key, or for pages a session; none while Backbeat is open. The session's unsafe requests bring X-CSRF-Token too.
SCHEMES: Mapping[str, Any] = {
    "key": {"type": "apiKey", "in": "header", "name": "x-api-key"},
    "bearer": {"type": "http", "scheme": "bearer", "description": "The same keys, as monitoring sends them."},
    "session": {"type": "apiKey", "in": "cookie", "name": "backbeat", "description": "`__Host-backbeat` with TLS."},
}
WAYS_IN: list[dict[str, list[str]]] = [{}, *({name: list[str]()} for name in SCHEMES)]


class Plugin(FlaskPlugin):
    """Reads requests and makes answers by this house's rules; spectree's part is to describe them."""

    def validate(
        self,
        func: Callable[..., Answer],
        query: ModelClass | None,
        json: ModelClass | None,
        form: ModelClass | None,
        *_: Any,
        **view_args: Any,
    ) -> FlaskResponse:
        if json is not None and form is not None:  # whoever asks chooses; the view is told None of the other
            view_args |= {"json": None, "form": None}
            json, form = (None, form) if request.mimetype == MULTIPART else (json, None)
        for name, model, read in (("query", query, read_query), ("json", json, read_body), ("form", form, read_files)):
            if model is not None:
                view_args[name] = read(model)
        return make_answer(func(**view_args))

    def find_routes(self) -> list[Rule]:
        return list(current_app.url_map.iter_rules())

    def parse_path(self, route: Any, path_parameter_descriptions: Mapping[str, str] | None) -> tuple[str, list[Any]]:
        path, parameters = super().parse_path(route, path_parameter_descriptions)
        for parameter in parameters:
            if parameter["name"] == "footage_id":  # spectree knows no such converter, and leaves None
                parameter["schema"] = {"type": "string", "pattern": f"^{FOOTAGE_ID.pattern}$"}
            if parameter["schema"]["type"] == "integer":
                parameter["schema"] = {"type": "integer", "minimum": 1, "maximum": ROW_ID_MAX}
            if parameter["name"] == "job_id":
                parameter["schema"] = {"type": "string", "pattern": f"^{JOB_ID.pattern}$"}
        return path, parameters

    def get_func_operation_id(self, func: Callable[..., Any], path: str, method: str) -> str:
        return func.__name__


class LateSpec(SpecTree):
    """Makes the schemas of the models when the document is asked for: at every start they took a third of the time."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._waiting: list[tuple[ModelClass, SchemaMode]] = []

    def _add_model(self, model: ModelClass, mode: SchemaMode = "validation") -> str:
        self._waiting.append((model, mode))
        return self.naming_strategy(model)

    def _generate_spec(self) -> dict[str, Any]:
        for model, mode in self._waiting:
            super()._add_model(model, mode)
        return super()._generate_spec()


spec = LateSpec(
    backend=Plugin,
    mode="strict",
    title="Backbeat",
    version=RELEASE,
    description="Long analysis work on a media library, with progress that tells the truth.",
    openapi_version="3.1.0",
    validation_error_status=400,
    validation_error_model=Error,
    naming_strategy=lambda model: model.__name__,
    nested_naming_strategy=lambda _parent, child: child,
)


def operation(
    tag: Tag,
    answers: type[BaseModel] | None,
    *,
    status: int = 200,
    errors: Mapping[int, str] | None = None,
    others: Mapping[int, type[BaseModel]] | None = None,
    headers: type[BaseModel] | None = None,
) -> Callable[[Callable[..., Answer]], Callable[..., FlaskResponse]]:
    """Describe a view, and read its `query`, `json` and `form` arguments from the request.

    The docstring's first paragraph is the summary. `errors` says what each further status means here, `others` what
    another success answers; `headers` only describes those that the view looks at.
    """
    models: dict[str, Any] = {f"HTTP_{code}": model for code, model in {status: answers, **(others or {})}.items()}
    for code, meaning in (errors or {}).items():
        models[f"HTTP_{code}"] = (Error if code >= 400 else None, meaning)
    decorate: Callable[[Callable[..., Answer]], Callable[..., FlaskResponse]] = spec.validate(
        resp=Response(**models), tags=[tag], headers=headers
    )
    return decorate


def make_answer(answer: Answer) -> FlaskResponse:
    """A response of what a view returned."""
    if isinstance(answer, FlaskResponse):
        return answer
    body, status, headers = (*answer, {})[:3] if isinstance(answer, tuple) else (answer, 200, {})
    text = body.model_dump_json() if isinstance(body, BaseModel) else orjson.dumps(body)
    return FlaskResponse(text, status, headers, mimetype="application/json")


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document: what spectree knows, and what it cannot be told."""
    made: dict[str, Any] = deepcopy(spec.spec)
    schemas = made["components"]["schemas"]
    views = current_app.view_functions
    # Pages may have views of the same name.
    endpoints = {name.rpartition(".")[2]: name for name, view in views.items() if spec.get_function_metadata(view)}
    for path in made["paths"].values():
        for described in path.values():
            _complete(described, schemas)
            if hasattr(views[endpoints[described["operationId"]]], TAKES_KEY):
                _may_come_twice(described)
            if kind := getattr(views[endpoints[described["operationId"]]], TAKES_BYTES, None):
                _takes_bytes(described, kind)
            described["security"] = [] if needed(endpoints[described["operationId"]]) == PUBLIC else WAYS_IN
    made["components"]["securitySchemes"] = SCHEMES
    text = {"schema": {"type": "string"}}
    made["paths"]["/metrics"]["get"]["responses"]["200"]["content"] = {"text/plain": text}
    return made


def _complete(described: dict[str, Any], schemas: Mapping[str, Any]) -> None:
    """Add what no view says of itself: the errors that any may answer, and what an answer's headers are."""
    responses = described["responses"]
    error = responses["400"]
    body = described.get("requestBody")
    in_query = [parameter for parameter in described["parameters"] if parameter["in"] == "query"]
    for parameter in in_query:
        parameter["allowEmptyValue"] = not parameter["required"]  # as forms send it, and as good as none
    takes_input = body or in_query
    common = ANYWHERE | (WITH_BODY if body else {}) | (WITH_INPUT if takes_input else {})
    for status, meaning in common.items():
        responses[status] = error | {"description": meaning} | responses.get(status, {})
    responses["400"] = error | {"description": ANYWHERE["400"]}
    for status, headers in HEADERS.items():
        if status in responses:
            responses[status]["headers"] = {name: {"schema": schema} for name, schema in headers.items()}
    if "304" in responses:
        responses["200"]["headers"] = {"ETag": {"schema": TEXT}}
    described["responses"] = dict(sorted(responses.items()))
    for content in (body or {}).get("content", {}).values():
        schema = schemas[content["schema"]["$ref"].rpartition("/")[2]]
        described["requestBody"]["required"] = bool(schema.get("required"))


def _takes_bytes(described: dict[str, Any], kind: str) -> None:
    """The body of a view that reads it as it comes."""
    content = {kind: {"schema": {"type": "string", "format": "binary"}}}
    described["requestBody"] = {"content": content, "required": False}
    refused = described["responses"]["400"]
    own = {status: refused | {"description": meaning} for status, meaning in (WITH_BODY | WITH_CHECKSUM).items()}
    responses = described["responses"] | own
    described["responses"] = dict(sorted(responses.items()))


def _may_come_twice(described: dict[str, Any]) -> None:
    """The header of a request that may come twice, and what else it may be answered for that."""
    described["parameters"] = [*described["parameters"], IDEMPOTENCY_KEY]
    responses = described["responses"]
    for status, meaning in IDEMPOTENT.items():
        there = responses.get(status, responses["400"] | {"description": ""})
        responses[status] = there | {"description": f"{there['description']} {meaning}".strip()}
    described["responses"] = dict(sorted(responses.items()))


@bp.get("/openapi.json")
def openapi_json() -> FlaskResponse:
    return FlaskResponse(orjson.dumps(document()), mimetype="application/json")


@bp.get("/docs")
def docs() -> str:
    return render_template("docs.html")
