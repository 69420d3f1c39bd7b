"""A named place kills one process in the whole fleet, when its fuse is lit, and nobody unless it is watched."""

import ast
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

import crashpoints
from config import read_settings
from errors import SettingsError
from tests.ops.launching import PROJECT

LAYERS = ("blueprints", "services", "workers", "scripts", "store")


@pytest.fixture
def deaths(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The signals that would have killed this process."""
    sent: list[int] = []
    monkeypatch.setattr(os, "kill", lambda _pid, signum: sent.append(signum))
    yield sent
    crashpoints.arm("", Path())


def test_it_does_nothing_unless_it_is_watched(deaths: list[int], tmp_path: Path) -> None:
    crashpoints.arm("", tmp_path)
    for name in crashpoints.POINTS:
        crashpoints.fuse(tmp_path, name).touch()
        crashpoints.reached(name)
    assert deaths == []


def test_it_does_nothing_before_its_fuse_is_lit(deaths: list[int], tmp_path: Path) -> None:
    crashpoints.arm("C4,C5", tmp_path)
    crashpoints.fuse(tmp_path, "C5").touch()
    crashpoints.reached("C4")
    assert deaths == []


def test_it_kills_one_process_and_what_is_started_again_goes_on(deaths: list[int], tmp_path: Path) -> None:
    crashpoints.fuse(tmp_path, "C4").touch()
    for _ in range(3):
        crashpoints.arm("C4", tmp_path)  # as each process does
        crashpoints.reached("C4")
    assert deaths == [signal.SIGKILL]


def test_it_refuses_a_place_that_there_is_not() -> None:
    with pytest.raises(SettingsError, match=r"CRASH_AT='C1,C99' cannot be used: 'C99' is no such place; name some of"):
        read_settings({"CRASH_AT": "C1,C99"})


def test_every_place_is_in_the_code_once() -> None:
    found = [
        node.args[0].value
        for layer in LAYERS
        for path in (PROJECT / layer).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) == "crashpoints.reached"
        and isinstance(node.args[0], ast.Constant)
    ]
    assert sorted(map(str, found)) == sorted(crashpoints.POINTS)
