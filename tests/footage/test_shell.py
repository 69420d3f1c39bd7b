"""`flask footage …`."""

from pathlib import Path

from flask import Flask

from services.footage.work.file_info import file_info
from tests.footage.conftest import MakeFootage
from tests.footage.contexts import TestContext, apply


def test_it_takes_a_file_of_this_machine(app: Flask, clip: Path) -> None:
    told = app.test_cli_runner().invoke(args=["footage", "add", str(clip), "--title", "On rivers"])
    assert (told.exit_code, told.output) == (0, f"AF0001  {clip}\n")


def test_it_says_why_it_takes_one_not(app: Flask, clip: Path) -> None:
    told = app.test_cli_runner().invoke(args=["footage", "add", "/no/such/file.mp4", str(clip)])
    assert told.exit_code == 1
    assert "'/no/such/file.mp4' cannot be taken" in told.stderr
    assert told.stdout == f"AF0001  {clip}\n"


def test_it_lists_them(app: Flask, make_footage: MakeFootage) -> None:
    make_footage(title="Boats")
    make_footage(title="IMG_1", awaits="There is no description.")
    first, second = app.test_cli_runner().invoke(args=["footage", "list"]).output.splitlines()
    assert first == "AF0002  0 - Pending File Info     IMG_1: There is no description."
    assert second == "AF0001  0 - Pending File Info     Boats"


def test_it_tells_which_statuses_there_are(app: Flask) -> None:
    told = app.test_cli_runner().invoke(args=["footage", "list", "--status", "8 - Gone"])
    assert told.exit_code == 1
    assert "7 - Complete" in told.stderr


def test_it_shows_one_with_its_history(app: Flask, make_footage: MakeFootage, clip: Path) -> None:
    footage_id = make_footage(clip).id
    apply(footage_id, file_info(footage_id, TestContext()))
    told = app.test_cli_runner().invoke(args=["footage", "show", footage_id]).output
    assert "picture      160 × 120 h264" in told
    assert told.splitlines()[-1].endswith("Z  footage   1 - File Info Complete  160 × 120, 4.0 s, h264, aac.")


def test_it_says_that_there_is_none(app: Flask) -> None:
    assert app.test_cli_runner().invoke(args=["footage", "show", "AF0404"]).exit_code == 1
