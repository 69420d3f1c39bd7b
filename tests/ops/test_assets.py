"""The browser libraries come from a registry, and only as they should be; here a local one serves small packages."""

import base64
import hashlib
import io
import tarfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from scripts import assets
from scripts.assets import ASSETS, Asset
from tests.ops.launching import PROJECT

NOWHERE = "http://127.0.0.1:9"


def package(**files: str) -> bytes:
    """A package as npm packs it: everything is in the folder `package`."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, text in files.items():
            entry = tarfile.TarInfo(f"package/{name}")
            entry.size = len(text.encode())
            tar.addfile(entry, io.BytesIO(text.encode()))
    return packed.getvalue()


def integrity(content: bytes) -> str:
    return "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()


GOOD = package(chart="draw()", LICENSE="MIT")
EVIL = package(chart="steal()", LICENSE="MIT")
CHART = Asset("chart", "1.2.3", integrity(GOOD), ("chart", "LICENSE"))


class Registry:
    """What it serves, and which paths it was asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: list[str] = []
        asked = self.asked

        class Handler(SimpleHTTPRequestHandler):
            def log_request(self, *_: object) -> None:
                asked.append(self.path)

            def log_error(self, *_: object) -> None:
                """Not on the screen."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"
        Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def serves(self, content: bytes, path: str = "chart/-/chart-1.2.3.tgz") -> None:
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_bytes(content)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    served = tmp_path / "registry"
    served.mkdir()
    registry = Registry(served)
    yield registry
    registry.close()


@pytest.fixture(autouse=True)
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own, and a list of one small library."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setattr(assets, "ASSETS", (CHART,))
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    return folder / "static" / "vendor" / "chart"


def test_it_brings_just_the_files_that_pages_need(registry: Registry, checkout: Path) -> None:
    registry.serves(GOOD)
    assert assets.main([registry.address + "/"]) == 0
    assert registry.asked == ["/chart/-/chart-1.2.3.tgz"]
    assert {path.name for path in checkout.iterdir()} == {"chart", "LICENSE", ".installed"}
    assert (checkout / "chart").read_text() == "draw()"


def test_it_does_nothing_the_second_time(registry: Registry, capsys: pytest.CaptureFixture[str]) -> None:
    registry.serves(GOOD)
    assets.main([registry.address])
    capsys.readouterr()
    assert assets.main([NOWHERE]) == 0
    assert capsys.readouterr() == ("", "")
    assert len(registry.asked) == 1


def test_it_brings_what_somebody_has_removed(registry: Registry, checkout: Path) -> None:
    registry.serves(GOOD)
    assets.main([registry.address])
    (checkout / "chart").unlink()
    assert assets.main([registry.address]) == 0
    assert (checkout / "chart").read_text() == "draw()"


def test_it_brings_another_version_when_the_list_says_so(
    registry: Registry, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.serves(GOOD)
    assets.main([registry.address])
    newer = package(chart="draw(better)", LICENSE="MIT")
    monkeypatch.setattr(assets, "ASSETS", (Asset("chart", "1.3.0", integrity(newer), CHART.files),))
    registry.serves(newer, "chart/-/chart-1.3.0.tgz")
    assert assets.main([registry.address]) == 0
    assert (checkout / "chart").read_text() == "draw(better)"


def test_it_refuses_what_is_not_what_the_list_says(
    registry: Registry, checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    registry.serves(EVIL)
    assert assets.main([registry.address]) == 1
    assert not checkout.exists()
    assert f"its checksum is {integrity(EVIL)}, expected {CHART.integrity}" in capsys.readouterr().err


def test_it_refuses_what_is_far_too_large(
    registry: Registry, checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    registry.serves(GOOD)
    monkeypatch.setattr(assets, "MAX_BYTES", len(GOOD) - 1)
    assert assets.main([registry.address]) == 1
    assert not checkout.exists()
    assert "has more than" in capsys.readouterr().err


@pytest.mark.parametrize("address", [NOWHERE, "not an address"])
def test_it_says_in_one_line_what_is_missing_and_why(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert assets.main([address]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"The pages do without chart: {address}/chart/-/chart-1.2.3.tgz could not be downloaded:")


def test_it_asks_npm_for_the_registry(registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm = tmp_path / "npm"
    npm.write_text(f'#!/bin/sh\n[ "$*" = "config get registry" ] && echo {registry.address}/\n')
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    registry.serves(GOOD)
    assert assets.main([""]) == 0


@pytest.mark.parametrize("answer", ["undefined", "npm ERR!"])
def test_it_knows_the_registry_where_npm_does_not(answer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm = tmp_path / "npm"
    npm.write_text(f'#!/bin/sh\necho "{answer}"\n')
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert assets.npm_registry() == "https://registry.npmjs.org"


def test_every_library_is_pinned_and_brings_its_licence() -> None:
    for asset in ASSETS:
        assert asset.version.count(".") == 2
        assert len(base64.b64decode(asset.integrity.removeprefix("sha512-"), validate=True)) == 64
        assert "LICENSE" in asset.files


def test_no_library_is_kept_in_the_repository() -> None:
    assert "static/vendor/" in (PROJECT / ".gitignore").read_text().splitlines()
