"""Holds a Backbeat against its own OpenAPI document: whatever is sent, an answer that the document tells of."""

from dataclasses import dataclass, field
from typing import Any

import schemathesis
from flask import Flask
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import from_schema
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished

DOCUMENT = "/openapi.json"
PHASES = ("examples", "coverage", "fuzzing", "stateful")
# A request that fits the document may still be one that cannot be done: of a job that is over, of an empty filter.
TAKEN_OR_REFUSED = ["2xx", "304", "401", "403", "404", "409", "412", "422", "429", "503"]
NOT_READY = {"include-path": "/readyz", "checks": {"not_a_server_error": {"enabled": False}}}  # it may say so
NOT_ANALYZED_YET = {  # a song has none from the start
    "include-path": "/api/songs/{song_id}/analysis",
    "checks": {"ensure_resource_availability": {"enabled": False}},
}
SPEAKS_TUS = {  # whose answer to headers that are missing or of another version is 412
    "include-path-regex": "^/api/uploads",
    "checks": {"negative_data_rejection": {"enabled": False}, "missing_required_header": {"enabled": False}},
}
URI_TOO_LONG = 414  # is gunicorn's own answer, before anything of ours has seen the request
SHOWN_CHARS = 400


@dataclass(slots=True)
class Found:
    """How many requests were made, and what was wrong with answers, in words."""

    requests: int = 0
    breaches: list[str] = field(default_factory=list)


def try_app(app: Flask, *, phases: tuple[str, ...]) -> Found:
    """In this process, without a server."""
    return _run(schemathesis.openapi.from_wsgi(DOCUMENT, app, config=_config(phases, seed=1, max_time_seconds=None)))


def try_server(url: str, *, seed: int, max_time_seconds: int) -> Found:
    """Over the network, with all that there is to try until the time is up."""
    config = _config(PHASES, seed=seed, max_time_seconds=max_time_seconds)
    return _run(schemathesis.openapi.from_url(f"{url}{DOCUMENT}", config=config))


def _config(phases: tuple[str, ...], *, seed: int, max_time_seconds: int | None) -> SchemathesisConfig:
    return SchemathesisConfig.from_dict(
        {
            "seed": seed,
            **({"max-time": max_time_seconds} if max_time_seconds else {}),
            "continue-on-failure": True,
            "generation": {"no-shrink": True, "database": "none"},
            "phases": {name: {"enabled": name in phases} for name in PHASES},
            "checks": {"positive_data_acceptance": {"expected-statuses": TAKEN_OR_REFUSED}},
            "operations": [NOT_READY, NOT_ANALYZED_YET, SPEAKS_TUS],
        }
    )


def _run(schema: Any) -> Found:
    found = Found()
    for event in from_schema(schema).execute():
        if isinstance(event, ScenarioFinished):
            found.requests += len(event.recorder.cases)
            found.breaches += _failures(event)
        elif isinstance(event, NonFatalError | FatalError):
            found.breaches.append(f"Schemathesis broke off: {event!r}")
    return found


def _failures(event: ScenarioFinished) -> list[str]:
    failed = [
        (case_id, check.failure_info)
        for case_id, checks in event.recorder.checks.items()
        for check in checks
        if check.failure_info and _status(event, case_id) != URI_TOO_LONG
    ]
    return [
        f"{event.label}: {info.failure.title}; {info.code_sample[:SHOWN_CHARS]} → {_answer(event, case_id)}"
        for case_id, info in failed
    ]


def _status(event: ScenarioFinished, case_id: str) -> int | None:
    response = event.recorder.interactions[case_id].response
    return response.status_code if response else None


def _answer(event: ScenarioFinished, case_id: str) -> str:
    response = event.recorder.interactions[case_id].response
    return f"{response.status_code} {response.text[:SHOWN_CHARS]}" if response else "no answer"
