"""Where others can reach it, Backbeat starts only if somebody could sign in; and it says how the first one can."""

import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from config import read_settings
from errors import SettingsError
from scripts import way_in, welcome
from scripts.supervision import exposure
from services.access import links, people
from tests.ops.launching import PROJECT, environment, free_port

EVERYWHERE = "0.0.0.0"  # noqa: S104 - the address that is refused
TLS = "https://backbeat.example.org"
PASSWORD = "a horse on a staple"


def _start(data_dir: Path, *command: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environ = environment(data_dir, **({"PORT": str(free_port()), "SAMPLE_LIBRARY": "false"} | settings))
    return subprocess.run(
        [sys.executable, *command], cwd=PROJECT, env=environ, capture_output=True, text=True, timeout=120
    )


def test_it_ends_before_anybody_can_reach_it(data_dir: Path) -> None:
    ended = _start(data_dir, "-m", "scripts.run", HOST=EVERYWHERE, PUBLIC_URL=TLS)
    assert ended.returncode == 1
    assert "web server" not in ended.stdout
    (line,) = ended.stderr.splitlines()
    assert line.startswith(f"HOST='{EVERYWHERE}' and PUBLIC_URL='{TLS}' lets others reach Backbeat, and nobody could")
    for way_out in ("users create", "API_KEYS", "127.0.0.1"):
        assert way_out in line


def test_gunicorn_alone_ends_before_it_listens(data_dir: Path) -> None:
    prepared = _start(data_dir, "-m", "scripts.prepare")
    assert prepared.returncode == 0, prepared.stderr
    ended = _start(data_dir, "-m", "gunicorn", "app:create_app()", HOST=EVERYWHERE)
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"HOST='{EVERYWHERE}' lets others reach Backbeat, and nobody could sign in yet")


def test_gunicorn_alone_says_when_there_are_no_tables_yet(data_dir: Path) -> None:
    ended = _start(data_dir, "-m", "gunicorn", "app:create_app()", HOST=EVERYWHERE)
    assert ended.returncode == 1
    assert ended.stderr.startswith("DATABASE_URL cannot be used: no such table")
    assert "scripts.prepare" in ended.stderr


@pytest.mark.parametrize("settings_overrides", [{"host": EVERYWHERE}, {"public_url": TLS}])
def test_it_lets_it_start_once_somebody_has_a_password(app: Flask) -> None:
    with pytest.raises(SettingsError):
        way_in.check()
    people.create("Ada", "admin", password=PASSWORD, actor="test")
    way_in.check()


def test_it_asks_for_nothing_on_this_machine_alone(app: Flask) -> None:
    way_in.check()


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"host": EVERYWHERE}, f"HOST='{EVERYWHERE}'"),
        ({"public_url": "http://backbeat.lan"}, "PUBLIC_URL='http://backbeat.lan'"),
        ({"allowed_hosts": ("a.lan", "b.lan")}, "ALLOWED_HOSTS='a.lan,b.lan'"),
        ({"trusted_proxies": 1}, "TRUSTED_PROXIES=1"),
    ],
)
def test_it_warns_where_passwords_can_be_read_on_the_way(given: dict[str, object], named: str) -> None:
    (warning,) = exposure.warnings(read_settings({}, **given))
    assert warning.startswith(f"Warning: {named} ")
    assert not exposure.warnings(read_settings({}, **given | {"public_url": TLS}))


def test_it_warns_of_nothing_on_this_machine_alone() -> None:
    assert not exposure.warnings(read_settings({}))


def test_it_prints_a_link_for_the_first_admin_while_it_is_open(app: Flask) -> None:
    said = welcome.line()
    assert said.startswith("Backbeat is open to everybody on this machine; ")
    address, _, token = said.split()[-1].rpartition("/")
    assert address == "http://127.0.0.1:5001/welcome"
    assert links.find(token)


@pytest.mark.parametrize("settings_overrides", [{"api_keys": ("a-key-of-the-settings",), "public_url": TLS}])
def test_it_prints_the_link_by_its_public_name_and_does_not_call_itself_open(app: Flask) -> None:
    said = welcome.line()
    assert "open to everybody" not in said
    assert said.split()[-1].startswith(f"{TLS}/welcome/")


def test_it_prints_nothing_once_there_is_a_person(app: Flask) -> None:
    people.create("Ada", "admin", password=PASSWORD, actor="test")
    assert welcome.line() == ""


@pytest.mark.parametrize(
    ("host", "address"),
    [("127.0.0.1", "127.0.0.1"), ("::1", "[::1]"), (EVERYWHERE, "127.0.0.1"), ("::", "[::1]"), ("a.lan", "a.lan")],
)
def test_it_names_an_address_that_a_browser_can_open(host: str, address: str) -> None:
    assert read_settings({}, host=host).base_url == f"http://{address}:5001"
