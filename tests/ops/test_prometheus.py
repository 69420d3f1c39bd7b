"""What `deploy/` brings for Prometheus and Grafana is accepted by promtool, and speaks of figures that there are."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from scripts.dependencies import DEPENDENCIES
from services import fleet, metrics
from tests.ops.launching import PROJECT

PROMETHEUS = PROJECT / "deploy" / "prometheus"
DASHBOARD = PROJECT / "deploy" / "grafana" / "backbeat.json"
# The series that each type of figure has beside, or in place of, the one of its own name.
SUFFIXES = {"counter": ("",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}


@pytest.fixture(scope="module")
def promtool() -> Path:
    program = next(dependency for dependency in DEPENDENCIES if dependency.package == "prometheus").find()
    assert program is not None, "promtool is missing: run `python -m scripts.dependencies test`"
    return program


@pytest.fixture
def exposed(app: Flask) -> str:
    """What /metrics answers once there has been a worker's and a janitor's life."""
    fleet.beat("janitor")
    metrics.count_moves(settle_seconds=0)
    answer = app.test_client().get("/metrics")
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "rules", "alerts.yml"),
        ("check", "config", "prometheus.yml"),
        ("test", "rules", "alerts_test.yml"),
    ],
    ids=" ".join,
)
def test_it_is_accepted_by_promtool(promtool: Path, arguments: tuple[str, ...]) -> None:
    checked = subprocess.run([promtool, *arguments], cwd=PROMETHEUS, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_figures_are_accepted_by_promtool(promtool: Path, exposed: str) -> None:
    checked = subprocess.run([promtool, "check", "metrics"], input=exposed, capture_output=True, text=True)
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")


def test_every_alert_is_tested() -> None:
    alerts = re.findall(r"- alert: (\w+)", (PROMETHEUS / "alerts.yml").read_text())
    tests = (PROMETHEUS / "alerts_test.yml").read_text()
    fired = set(re.findall(r'labels: \'ALERTS\{alertname="(\w+)"', tests)) | set(re.findall(r"alertname: (\w+)", tests))
    assert set(alerts) == fired


def test_every_alert_says_how_bad_it_is_and_what_to_do() -> None:
    for alert in (PROMETHEUS / "alerts.yml").read_text().split("- alert: ")[1:]:
        for needed in ("severity: ", "summary: ", "description: ", "runbook: "):
            assert needed in alert, (needed, alert.splitlines()[0])


def names_in(text: str) -> set[str]:
    return set(re.findall(r"\bbackbeat_[a-z_]+", text))


def names_exposed(exposed: str) -> set[str]:
    types = re.findall(r"^# TYPE (\w+) (\w+)$", exposed, re.MULTILINE)
    return {name + suffix for name, kind in types for suffix in SUFFIXES[kind]}


def test_every_figure_that_an_alert_names_is_exported(exposed: str) -> None:
    named = names_in((PROMETHEUS / "alerts.yml").read_text())
    assert len(named) > 10
    assert named <= names_exposed(exposed)


def queries() -> Iterator[str]:
    """Every query of the dashboard: of its panels and of its variables."""
    dashboard = json.loads(DASHBOARD.read_text())
    for panel in dashboard["panels"]:
        yield from (target["expr"] for target in panel.get("targets", ()))
    yield from (variable["definition"] for variable in dashboard["templating"]["list"] if "definition" in variable)


def test_every_figure_that_the_dashboard_names_is_exported(exposed: str) -> None:
    named = names_in(" ".join(queries()))
    assert len(named) > 15
    assert named <= names_exposed(exposed)


def test_every_figure_is_on_the_dashboard_or_in_an_alert(exposed: str) -> None:
    named = names_in(" ".join(queries())) | names_in((PROMETHEUS / "alerts.yml").read_text())
    shown = {re.sub("_(bucket|sum|count)$", "", name) for name in named}
    assert {name for name, _ in re.findall(r"^# TYPE (\w+) (\w+)$", exposed, re.MULTILINE)} <= shown


def test_every_query_of_the_dashboard_can_be_read_by_prometheus(promtool: Path, tmp_path: Path) -> None:
    rules = [
        {"record": f"query:{n}", "expr": expr.replace("$__rate_interval", "5m").replace("$queue", ".*")}
        for n, expr in enumerate(queries())
        if not expr.startswith("label_values")
    ]
    file = tmp_path / "queries.yml"
    file.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))  # JSON is YAML
    checked = subprocess.run([promtool, "check", "rules", file], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def panels() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(DASHBOARD.read_text())["panels"]
    return found


def test_the_dashboard_has_a_row_for_each_subject() -> None:
    rows = [panel["title"] for panel in panels() if panel["type"] == "row"]
    console = ["Overview", "Queues", "Jobs", "Steps", "Workers", "Polls", "Stuck"]
    assert rows == [*console, "Webhooks", "Footage", "Renders", "Videos"]


def test_no_panel_covers_another() -> None:
    cells = [
        (x, y)
        for panel in panels()
        for place in [panel["gridPos"]]
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) == 23
