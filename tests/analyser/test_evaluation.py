"""`make evaluate` measures, and keeps the held-out half shut."""

import json
from pathlib import Path

import pytest

from scripts.evaluate import Figures, main

PASSAGES = [
    {"id": "a", "text": "He stabbed his brother", "labels": ["violence"], "rating": "teen", "note": "A stabbing."},
    {
        "id": "b",
        "text": "The robin sings",
        "labels": ["hate"],
        "rating": "mature",
        "note": "Labelled wrongly on purpose.",
    },
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lines = "\n".join(json.dumps(passage) for passage in PASSAGES)
    for half in ("dev", "heldout"):
        (tmp_path / f"{half}.jsonl").write_text(lines, encoding="utf-8")
    return tmp_path


def test_it_prints_both_halves(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--folder", str(folder)]) == 0
    printed = capsys.readouterr().out
    assert "dev: 2 passages" in printed
    assert "heldout: 2 passages" in printed
    assert "macro F1 0.167, rating accuracy 0.500" in printed


def test_it_lists_what_dev_got_wrong(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--folder", str(folder), "--misses", "dev"]) == 0
    printed = capsys.readouterr().out
    assert "b  missed ['hate']" in printed
    assert "stabbed" not in printed


@pytest.mark.parametrize("half", ["heldout", "held-out", "all"])
def test_it_refuses_to_show_held_out_passages(half: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--folder", str(folder), "--misses", half]) == 2
    assert capsys.readouterr().out == ""


def test_it_computes_the_figures() -> None:
    figures = Figures(right=6, wrong=2, missed=4)
    assert (figures.precision, figures.recall) == (0.75, 0.6)
    assert figures.f1 == pytest.approx(2 / 3)
    assert Figures(0, 0, 0).f1 == 0
