"""What was sent, as models: a query string, or a JSON body. Whatever is wrong with it is told field by field."""

import json
from collections.abc import Iterable
from typing import Any, TypeVar

import orjson
from flask import request
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from werkzeug.datastructures import MultiDict
from werkzeug.routing import BaseConverter, IntegerConverter, Map

from blueprints.schemas.common import FOOTAGE_ID, ROW_ID_MAX
from errors import BackbeatError, InvalidInput

Model = TypeVar("Model", bound=BaseModel)

JSON_MAX_DEPTH = 32
SHOWN_CHARS = 60
MULTIPART = "multipart/form-data"


class MalformedJson(BackbeatError):
    """The body is not JSON."""

    code = "malformed_json"
    http_status = 400


class UnsupportedMediaType(BackbeatError):
    """The body says that it is something else than what is taken here."""

    code = "unsupported_media_type"
    http_status = 415


def _pattern_up_to(most: int) -> str:
    """What matches the whole numbers from 0 to `most`, with no more digits than that has."""
    digits = str(most)
    lower = (
        f"{digits[:place]}[0-{int(digit) - 1}][0-9]{{{len(digits) - place - 1}}}"
        for place, digit in enumerate(digits)
        if digit != "0"
    )
    return "|".join((f"[0-9]{{1,{len(digits) - 1}}}", *lower, digits))


class RowIdConverter(IntegerConverter):
    """`<int:…>` in an address: what a row's id can be; anything else is an address that there is not.

    The pattern alone decides that: for a number that only `to_python` refuses, Werkzeug answers 405 instead of 404.
    """

    regex = _pattern_up_to(ROW_ID_MAX)

    def __init__(self, map: Map, max: int = ROW_ID_MAX, **options: Any) -> None:
        super().__init__(map, max=max, **options)


class FootageIdConverter(BaseConverter):
    """`<footage_id:…>` in an address: so `/api/footage/search` is none that could be changed or deleted."""

    regex = FOOTAGE_ID.pattern


def read_query(model: type[Model]) -> Model:
    """The query string; an empty value is as good as none, as forms send it.

    :raise InvalidInput: naming each field that is not acceptable.
    """
    return _validated(model, _values(request.args), strict=False)


def read_body(model: type[Model]) -> Model:
    """The JSON body; no body at all is an empty object.

    :raise UnsupportedMediaType, MalformedJson: if it is not JSON, or none that has one meaning.
    :raise InvalidInput: naming each field that is not acceptable.
    """
    return _validated(model, _json(request.get_data(cache=False)), strict=True)


def read_files(model: type[Model]) -> Model:
    """The files of a multipart form, by the names of their fields, and what is text by the model's `TEXTS`.

    :raise UnsupportedMediaType: if it is not such a form.
    :raise InvalidInput: naming each field that is not acceptable.
    """
    if request.mimetype != MULTIPART:
        raise UnsupportedMediaType("Files must be sent as a form, with the header Content-Type: multipart/form-data.")
    texts: Iterable[str] = getattr(model, "TEXTS", ())
    sent = {
        name: request.form.getlist(name) if name in texts else request.files.getlist(name)
        for name in model.model_fields
    }
    return _validated(model, sent, strict=True)


def _values(args: MultiDict[str, str]) -> dict[str, str | list[str]]:
    given = {name: [value for value in values if value] for name, values in args.lists()}
    return {name: values[0] if len(values) == 1 else values for name, values in given.items() if values}


def _json(body: bytes) -> Any:
    if not body:
        return {}
    if not request.is_json:
        raise UnsupportedMediaType(
            f"The body must be JSON, with the header Content-Type: application/json; got {request.mimetype[:80]!r}."
        )
    try:
        data = orjson.loads(body)  # refuses NaN, Infinity, bad UTF-8, and more than 1024 levels
    except orjson.JSONDecodeError as e:
        raise MalformedJson(f"The body is not JSON: {e}.") from e
    _check_depth(data)
    json.loads(body, object_pairs_hook=_check_names, parse_int=str, parse_float=str)
    return data


def _check_depth(data: Any) -> None:
    """Before anything that recurses sees the data.

    :raise MalformedJson: if it is nested deeper than `JSON_MAX_DEPTH`.
    """
    level = [data]
    for _ in range(JSON_MAX_DEPTH):
        level = [inner for outer in level if isinstance(outer, dict | list) for inner in _members(outer)]
    if any(isinstance(inner, dict | list) for inner in level):
        allowed = f"at most {JSON_MAX_DEPTH} levels of objects and lists"
        raise MalformedJson(f"The body is nested too deeply: {allowed} are taken.", details={"body": allowed})


def _members(outer: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return outer.values() if isinstance(outer, dict) else outer


def _check_names(pairs: list[tuple[str, Any]]) -> None:
    """Of an object in which a name stands twice, readers take either value: two of them may not mean the same.

    :raise MalformedJson: naming it.
    """
    names: set[str] = set()
    for name, _ in pairs:
        if name in names:
            shown = name[:SHOWN_CHARS]
            raise MalformedJson(f"“{shown}” stands twice in one object of the body.", details={shown: "once"})
        names.add(name)


def _validated(model: type[Model], data: Any, *, strict: bool) -> Model:
    try:
        return model.model_validate(data, strict=strict)
    except ValidationError as e:
        raise _refusal(model, e) from None


def _refusal(model: type[BaseModel], error: ValidationError) -> InvalidInput:
    found = error.errors(include_url=False, include_context=False)
    details: dict[str, str] = {}
    for one in found:
        details.setdefault(_field(one), _allowed(model, one))
    field, allowed = next(iter(details.items()))
    return InvalidInput(f"“{field}” cannot be taken: {allowed}{_got(found[0])}.", details=details)


def _field(error: ErrorDetails) -> str:
    return ".".join(str(part)[:SHOWN_CHARS] for part in error["loc"]) or "body"


def _allowed(model: type[BaseModel], error: ErrorDetails) -> str:
    if error["type"] == "missing":
        return "it is needed"
    if error["type"] == "extra_forbidden":
        return f"there is no such field; there are {', '.join(model.model_fields)}"
    if error["type"] == "model_type":
        return "it should be an object"
    return error["msg"].removeprefix("Value error, ").replace("Input should", "it should")


def _got(error: ErrorDetails) -> str:
    """What was sent, where it is short enough to be shown."""
    value = error["input"]
    if error["type"] == "missing" or not isinstance(value, str | int | float | bool | None):
        return ""
    shown = repr(value)
    return f"; got {shown if len(shown) <= SHOWN_CHARS else shown[:SHOWN_CHARS] + '…'}"
