"""What the tests of `deploy/` have in common."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from config import Settings
from scripts.dependencies import DEPENDENCIES
from tests.ops.launching import PROJECT

DEPLOY = PROJECT / "deploy"
SETTINGS = {name.upper() for name in Settings.model_fields}
AWS = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"}
PREPARE = "python -m scripts.prepare"


def program(name: str) -> Path:
    """A system program that tests drive."""
    found = next(dependency for dependency in DEPENDENCIES if name in dependency.programs).find()
    assert found is not None, f"{name} is missing: run `python -m scripts.dependencies test`"
    return found


def procfile() -> dict[str, str]:
    """The command of each part, as the Procfile has it."""
    lines = (PROJECT / "Procfile").read_text().splitlines()
    return dict(line.split(": ", 1) for line in lines if line and not line.startswith("#"))


def documents(file: Path) -> list[dict[str, Any]]:
    return [document for document in yaml.safe_load_all(file.read_text()) if document]


def manifests() -> Iterator[tuple[Path, dict[str, Any]]]:
    for file in sorted((DEPLOY / "kubernetes").rglob("*.yaml")):
        for document in documents(file):
            yield file, document


def assigned(file: Path) -> dict[str, str]:
    """The assignments of a file of environment variables, those in comments too."""
    return dict(re.findall(r"^(?:# ?)?([A-Z_0-9]+)=(.*)$", file.read_text(), re.MULTILINE))
