"""A benchmark that breaks costs its own figures, no other's."""

import math
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bench import __main__ as whole
from bench import report, results, suites
from bench.modules import Module
from bench.results import Findings
from tests.bench.test_report import FOUND, RUN

NEVER_ENDS = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(600)'])"


def test_it_ends_what_takes_too_long() -> None:
    assert suites.call([sys.executable, "-c", NEVER_ENDS], longest_seconds=0.5) != 0


def test_it_takes_what_cannot_be_read_for_broken(tmp_path: Path) -> None:
    (tmp_path / "poll.json").write_text('{"module": "poll", "rounds": "many"}')
    assert suites.read(tmp_path / "poll.json") is None


def test_it_takes_what_was_not_written_for_broken(tmp_path: Path) -> None:
    assert suites.read(tmp_path / "poll.json") is None


def test_it_keeps_a_ratio_to_nothing(tmp_path: Path) -> None:
    results.write(Findings("poll", facts={"ratio": math.nan}), tmp_path / "poll.json")
    assert math.isnan(results.read_findings(tmp_path / "poll.json").facts["ratio"])


def test_it_keeps_what_was_found_before_it_was_interrupted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(module: Module, _where: Path, *, is_quick: bool) -> Findings:
        if module.name == "jobs":
            raise KeyboardInterrupt
        return replace(FOUND, module=module.name, is_quick=is_quick)

    monkeypatch.setattr(whole, "KEPT", tmp_path / "run.json")
    monkeypatch.setattr(suites, "run", run)
    monkeypatch.setattr(whole, "document", lambda: None)
    with pytest.raises(KeyboardInterrupt):
        whole.each([Module("poll", "Polls"), Module("jobs", "Jobs")], is_quick=False, is_whole=True)
    assert [one.module for one in results.read_run(tmp_path / "run.json").findings] == ["poll"]


def test_it_names_what_broke() -> None:
    text = "\n".join(report.page(replace(RUN, broken=["jobs"])))
    assert "`python -m bench.jobs` broke" in text
