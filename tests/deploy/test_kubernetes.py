"""The manifests are valid by Kubernetes' own schemas, and say of Backbeat what holds."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
from flask import Flask

from tests.deploy.examples import AWS, DEPLOY, PREPARE, SETTINGS, documents, manifests, procfile, program

FOLDER = DEPLOY / "kubernetes"
VERSION = "1.34"
OTHERS = {"Kustomization", "ScaledObject"}  # whose schemas Kubernetes does not bring
PARTS = ("web", "worker", "janitor")


def deployment(part: str) -> dict[str, Any]:
    found = next(document for document in documents(FOLDER / f"{part}.yaml") if document["kind"] == "Deployment")
    spec: dict[str, Any] = found["spec"]
    return spec


def test_kubernetes_knows_every_field() -> None:
    checked = [document for _, document in manifests() if document["kind"] not in OTHERS]
    assert len(checked) > 10
    for document in checked:
        kubernetes_validate.validate(document, VERSION, strict=True)


def test_the_check_knows_a_wrong_one() -> None:
    wrong = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"nam": "backbeat"}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, VERSION, strict=True)


def test_all_but_what_is_done_once_is_applied_together() -> None:
    named = set(documents(FOLDER / "kustomization.yaml")[0]["resources"])
    alone = {"kustomization.yaml", "secret.example.yaml", "first-admin.yaml"}
    assert named == {file.name for file in FOLDER.glob("*.yaml")} - alone


def test_what_is_set_are_settings() -> None:
    config, secret = documents(FOLDER / "config.yaml")[0], documents(FOLDER / "secret.example.yaml")[0]
    assert set(config["data"]) | set(secret["stringData"]) <= SETTINGS | AWS
    assert set(secret["stringData"].values()) == {""}


@pytest.mark.parametrize("part", PARTS)
def test_each_part_runs_the_procfiles_command(part: str) -> None:
    container = deployment(part)["template"]["spec"]["containers"][0]
    assert " ".join(container.get("command", [])) == ("" if part == "web" else procfile()[part])


@pytest.mark.parametrize("part", PARTS)
def test_each_pod_sees_to_the_database_first(part: str) -> None:
    first = deployment(part)["template"]["spec"]["initContainers"][0]
    assert " ".join(first["command"]) == PREPARE


@pytest.mark.parametrize("part", PARTS)
def test_each_pod_is_locked_in(part: str) -> None:
    pod = deployment(part)["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"]
    for container in (*pod["initContainers"], *pod["containers"]):
        assert container["securityContext"]["readOnlyRootFilesystem"]
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert container["resources"]["limits"]["memory"]


def scaled() -> set[str]:
    """The parts that an autoscaler counts."""
    specs = [document["spec"] for _, document in manifests() if "spec" in document]
    return {spec["scaleTargetRef"]["name"] for spec in specs if "scaleTargetRef" in spec}


@pytest.mark.parametrize("part", PARTS)
def test_only_one_says_how_many_pods_there_are(part: str) -> None:
    """A number in what is applied again with each release would undo the autoscaler's."""
    assert ("replicas" in deployment(part)) == (part not in scaled())


def test_the_probes_ask_what_there_is(app: Flask) -> None:
    container = deployment("web")["template"]["spec"]["containers"][0]
    paths = {container[probe]["httpGet"]["path"] for probe in ("startupProbe", "readinessProbe", "livenessProbe")}
    assert paths == {"/healthz"}  # what Redis and workers lack is no reason to take web pods away
    assert paths <= {rule.rule for rule in app.url_map.iter_rules()}


def query() -> str:
    found: str = documents(FOLDER / "autoscaling" / "keda.yaml")[0]["spec"]["triggers"][0]["metadata"]["query"]
    return found


def test_both_ways_of_scaling_go_by_the_same_figure() -> None:
    adapter = documents(documents_file("prometheus-adapter.yaml"))[0]["data"]["config.yaml"]
    assert re.sub(r"\s+", " ", query()).strip() in re.sub(r"\s+", " ", adapter)


def documents_file(name: str) -> Path:
    return FOLDER / "autoscaling" / name


def test_the_figures_that_it_goes_by_are_exported(app: Flask) -> None:
    exported = app.test_client().get("/metrics").text
    for name in set(re.findall(r"backbeat_\w+", query())):
        assert f"# TYPE {name} gauge" in exported


SERIES = {
    'backbeat_queue_oldest_wait_seconds{queue="high",instance="a"}': 45,
    'backbeat_queue_oldest_wait_seconds{queue="high",instance="b"}': 40,
    'backbeat_queue_oldest_wait_seconds{queue="low",instance="a"}': 36_000,
    'backbeat_queue_wait_limit_seconds{queue="high",instance="a"}': 60,
    'backbeat_queue_wait_limit_seconds{queue="low",instance="a"}': 3600,
    'backbeat_queue_paused{queue="high",instance="a"}': 0,
}


@pytest.mark.parametrize(
    ("series", "wanted"),
    [
        (SERIES | {'backbeat_queue_paused{queue="low",instance="a"}': 0}, 10.0),
        (SERIES | {'backbeat_queue_paused{queue="low",instance="a"}': 1}, 0.75),
        ({}, 0.0),
    ],
    ids=["the longest wait by its limit", "a paused queue wants no workers", "no figures"],
)
def test_more_workers_are_wanted_the_longer_jobs_wait(series: dict[str, float], wanted: float, tmp_path: Path) -> None:
    test = {
        "input_series": [{"series": name, "values": f"{value}x2"} for name, value in series.items()],
        "promql_expr_test": [{"expr": query(), "eval_time": "1m", "exp_samples": [{"labels": "{}", "value": wanted}]}],
    }
    file = tmp_path / "test.yml"
    file.write_text(json.dumps({"tests": [test]}))  # JSON is YAML
    checked = subprocess.run([program("promtool"), "test", "rules", file], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr
