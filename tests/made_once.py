"""What every app of the tests makes alike, made once for each process: most of a test's time went there."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import create_engine
from werkzeug.routing import Rule

from extensions import db, prepare_engine

Builder = Callable[..., tuple[str, str]]


def compile_templates_once(patch: pytest.MonkeyPatch, folder: Path) -> None:
    options = {**Flask.jinja_options, "bytecode_cache": FileSystemBytecodeCache(str(folder))}
    patch.setattr(Flask, "jinja_options", options)


def compile_routes_once(patch: pytest.MonkeyPatch) -> None:
    """Werkzeug compiles two functions for each route of each app; what they do is said by the key here alone."""
    compile_builder: Callable[[Rule, bool], Builder] = Rule._compile_builder
    made: dict[tuple[Any, ...], Builder] = {}

    @wraps(compile_builder)
    def remembered(rule: Rule, append_unknown: bool = True) -> Builder:
        key = (rule.rule, *rule._trace, repr(rule.defaults), append_unknown)
        if key not in made:
            made[key] = compile_builder(rule, append_unknown)
        return made[key]

    patch.setattr(Rule, "_compile_builder", remembered)


def empty_database(folder: Path) -> Path:
    """A SQLite file with every table and no row, to be copied."""
    file = folder / "empty.db"
    engine = create_engine(f"sqlite:///{file}")
    prepare_engine(engine)  # the file remembers its write-ahead logging: to turn that on costs more than to copy
    db.metadata.create_all(engine)
    engine.dispose()
    return file
