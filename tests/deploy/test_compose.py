"""The compose file is one by its specification, and says of Backbeat what holds."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import compose_spec
import pytest

from tests.deploy.examples import AWS, DEPLOY, PREPARE, SETTINGS, assigned, documents, procfile, program

FOLDER = DEPLOY / "compose"
FILE = FOLDER / "compose.yaml"
OURS = {"prepare": PREPARE, **procfile()}
SECRETS = {"SECRET_KEY", "POSTGRES_PASSWORD", "S3_KEY", "S3_SECRET", "METRICS_KEY", "GRAFANA_PASSWORD"}


def interpolated() -> str:
    """The file as it is once its variables have values; those without a default get one that will do."""
    return re.sub(r"\$\{[A-Z_0-9]+(?::-([^}]*)|:\?[^}]*)\}", lambda match: match[1] or "a-value", FILE.read_text())


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    found: dict[str, Any] = documents(FILE)[0]["services"]
    return found


def test_it_is_a_compose_file() -> None:
    compose = compose_spec.PyOptions(apply_merge=True).from_yaml(interpolated())
    compose.validate()
    assert set(compose.service_names()) >= {*OURS, "redis", "postgres", "s3"}


def test_the_check_knows_a_wrong_one() -> None:
    wrong = interpolated().replace("    profiles: [watch]\n", "    profils: [watch]\n", 1)
    with pytest.raises(ValueError, match="profils"):
        compose_spec.PyOptions(apply_merge=True).from_yaml(wrong)


@pytest.mark.parametrize("part", ["prepare", "worker", "janitor"])
def test_each_part_runs_the_procfiles_command(services: dict[str, Any], part: str) -> None:
    assert " ".join(services[part]["command"]) == OURS[part]


def test_what_it_sets_are_settings(services: dict[str, Any]) -> None:
    for part in OURS:
        assert set(services[part]["environment"]) <= SETTINGS | AWS


def test_each_part_of_ours_is_locked_in(services: dict[str, Any]) -> None:
    for part in OURS:
        service = services[part]
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
        assert service["security_opt"] == ["no-new-privileges:true"]


def test_each_store_says_whether_it_is_well_and_keeps_what_it_has(services: dict[str, Any]) -> None:
    for store in ("postgres", "redis", "s3"):
        assert services[store]["healthcheck"]["test"]
        assert services[store]["volumes"]
        assert "ports" not in services[store]


def test_postgresql_is_not_taken_for_ready_while_it_is_made(services: dict[str, Any]) -> None:
    """Its image listens on a socket of the file system only until then."""
    assert "--host=127.0.0.1" in services["postgres"]["healthcheck"]["test"]


def test_only_this_machine_reaches_its_ports(services: dict[str, Any]) -> None:
    ports = [port for service in services.values() for port in service.get("ports", ())]
    assert ports
    assert all("127.0.0.1:" in port for port in ports)


def test_every_image_of_others_is_pinned(services: dict[str, Any]) -> None:
    images = {service["image"] for service in services.values()} - {"backbeat:local"}
    assert all(re.search(r":v?\d+\.\d+", image) for image in images)


def test_the_example_names_every_variable_and_no_secret() -> None:
    variables = set(re.findall(r"\$\{([A-Z_0-9]+)", FILE.read_text())) | {"METRICS_KEY"}
    example = assigned(FOLDER / "env.example")
    assert set(example) == variables
    assert {name for name, value in example.items() if not value} == SECRETS


def test_the_files_that_it_mounts_are_there(services: dict[str, Any]) -> None:
    mounts = [volume.split(":")[0] for service in services.values() for volume in service.get("volumes", ())]
    files = [mount for mount in mounts if mount.startswith(".")]
    assert files
    assert all((FOLDER / file).exists() for file in files)


def test_its_prometheus_is_accepted_by_promtool(tmp_path: Path) -> None:
    for file in (FOLDER / "prometheus.yml", DEPLOY / "prometheus" / "alerts.yml"):
        shutil.copy(file, tmp_path)
    command = [str(program("promtool")), "check", "config", "--syntax-only", "prometheus.yml"]
    checked = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr
