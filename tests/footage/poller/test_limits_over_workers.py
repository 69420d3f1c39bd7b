"""The limits of the steps hold over worker processes: two of them are at a step at once, and never more."""

import json
from argparse import Namespace
from pathlib import Path

import pytest

from bench import pipeline, pipeline_work
from services.footage.steps import BY_NAME

LIMIT, WORKERS, RECORDS = 2, 4, 4
# What the two kinds of work of one step share.
STEP_OF = {"listen": "process_frames", "process_frame": "process_frames"}


@pytest.mark.timeout(600)
def test_it_has_two_processes_at_a_step_at_once_and_never_more(
    empty_redis: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTAGE_AT_ONCE", ",".join(f"{step}={LIMIT}" for step in BY_NAME))
    for name in (pipeline_work.JOURNAL, pipeline_work.SEED):
        monkeypatch.setenv(name, "")  # the benchmark sets them: they are to go with this test
    run = pipeline.polling(tmp_path / "polling", empty_redis, Namespace(records=RECORDS, workers=WORKERS, seed=1))
    calls = [json.loads(line) for line in (tmp_path / "polling" / "journal").read_text().splitlines()]
    most = {step: _most_at_once(calls, step) for step in BY_NAME}
    assert all(1 <= number <= LIMIT for number in most.values()), most
    assert LIMIT in most.values()  # on a busy machine not at every step
    assert run.completed + run.hands == RECORDS
    assert len({call["pid"] for call in calls}) >= LIMIT


def _most_at_once(calls: list[dict[str, object]], step: str) -> int:
    mine = [call for call in calls if STEP_OF.get(str(call["step"]), call["step"]) == step]
    starts = [float(str(call["from"])) for call in mine]
    return max(sum(float(str(call["from"])) <= start < float(str(call["to"])) for call in mine) for start in starts)
