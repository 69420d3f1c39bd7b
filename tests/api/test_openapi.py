"""The OpenAPI document tells of every address, and of no other."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Flask

from blueprints.openapi import ANYWHERE
from tests.api.client import CheckedClient

OTHERS = {"/healthz", "/readyz", "/metrics", "/status"}
FOR_PROGRAMS = ("/api", "/async", "/episodes", "/run", "/internal", "/webhooks/render")


def _described(client: CheckedClient) -> set[tuple[str, str]]:
    paths = client.get("/openapi.json").json["paths"]
    return {(path, method) for path, methods in paths.items() for method in methods}


def _served(app: Flask) -> set[tuple[str, str]]:
    return {
        (re.sub(r"<(?:[^:>]+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith(FOR_PROGRAMS) or rule.rule in OTHERS
    }


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from [node["$ref"]] if "$ref" in node else []
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from _references(child)


def test_it_describes_what_is_served_and_nothing_else(app: Flask, client: CheckedClient) -> None:
    assert _described(client) == _served(app)


def test_it_is_openapi_3_1_of_this_version(client: CheckedClient) -> None:
    document = client.get("/openapi.json").json
    project = tomllib.loads(Path("pyproject.toml").read_text())["project"]
    assert document["openapi"].startswith("3.1.")
    assert document["info"]["version"] == project["version"]


def test_it_refers_to_nothing_that_is_missing(client: CheckedClient) -> None:
    document = client.get("/openapi.json").json
    referred = set(_references(document))
    assert referred
    assert referred <= {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}


def test_it_names_every_operation_once(client: CheckedClient) -> None:
    paths = client.get("/openapi.json").json["paths"]
    names = [described["operationId"] for methods in paths.values() for described in methods.values()]
    assert len(names) == len(set(names))


def test_it_describes_each_operation_in_full(client: CheckedClient) -> None:
    document = client.get("/openapi.json").json
    tags = {tag["name"] for tag in document["tags"]}
    for path, methods in document["paths"].items():
        for described in methods.values():
            assert described["summary"].endswith(".")
            assert set(described["tags"]) <= tags
            in_path = [one["name"] for one in described["parameters"] if one["in"] == "path"]
            assert in_path == re.findall(r"{(\w+)}", path)
            assert any(status.startswith("2") for status in described["responses"])
            assert described["responses"].keys() >= ANYWHERE.keys()
            takes_query = any(one["in"] == "query" for one in described["parameters"])
            assert "422" in described["responses"] or not (takes_query or "requestBody" in described)
            assert ("415" in described["responses"]) == ("requestBody" in described)


def test_it_says_which_bodies_are_needed(client: CheckedClient) -> None:
    paths = client.get("/openapi.json").json["paths"]
    assert paths["/api/songs"]["post"]["requestBody"]["required"] is True
    assert paths["/api/songs/{song_id}"]["patch"]["requestBody"]["required"] is False
    assert "multipart/form-data" in paths["/api/import"]["post"]["requestBody"]["content"]
    assert "requestBody" in paths["/api/jobs"]["delete"]
