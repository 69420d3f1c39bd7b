"""The browser libraries that pages use: the one list of them, and how they get to `static/vendor/`.

    python -m scripts.assets [REGISTRY]

Each comes from an npm registry: REGISTRY, else the one that npm is set up for, else npm's own. What was downloaded is
used only if it is, byte for byte, what the list says. Where it cannot be had, pages do without it.
"""

import base64
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

VENDOR = Path("static/vendor")
NPM_REGISTRY = "https://registry.npmjs.org"
TIMEOUT_SECONDS = 15
MAX_BYTES = 10 * 1024 * 1024


class AssetError(Exception):
    """Why a library is not here, in words for people."""


@dataclass(frozen=True)
class Asset:
    """A package of npm's, with the files that pages need; `integrity` is as npm's lock states it."""

    name: str
    version: str
    integrity: str
    files: tuple[str, ...]

    def url(self, registry: str) -> str:
        return f"{registry}/{self.name}/-/{self.name}-{self.version}.tgz"

    def targets(self) -> dict[str, Path]:
        """Where each file goes; the folder has no version in it, so that pages need not know it."""
        return {file: VENDOR / self.name / Path(file).name for file in self.files}

    def stamp(self) -> Path:
        return VENDOR / self.name / ".installed"

    def is_there(self) -> bool:
        wanted = all(path.is_file() for path in (self.stamp(), *self.targets().values()))
        return wanted and self.stamp().read_text() == self.integrity


ASSETS = (
    Asset(
        "uplot",
        "1.6.32",
        "sha512-KIMVnG68zvu5XXUbC4LQEPnhwOxBuLyW1AHtpm6IKTXImkbLgkMy+jabjLgSLMasNuGGzQm/ep3tOkyTxpiQIw==",
        ("dist/uPlot.iife.min.js", "dist/uPlot.min.css", "LICENSE"),
    ),
    Asset(
        "idiomorph",
        "0.8.0",
        "sha512-R47JBL+6jHDQvcnbppIUtXXcxi5h6+wuCEEZXnRhUltsgzPFKzThL5PuHppP9ypJuy+7WawcY1TsSBD/iQbMhw==",
        ("dist/idiomorph.min.js", "LICENSE"),
    ),
    Asset(
        "tus-js-client",
        "4.3.1",
        "sha512-ZLeYmjrkaU1fUsKbIi8JML52uAocjEZtBx4DKjRrqzrZa0O4MYwT6db+oqePlspV+FxXJAyFBc/L5gwUi2OFsg==",
        ("dist/tus.min.js", "LICENSE"),
    ),
)


def npm_registry() -> str:
    """The registry that npm is set up for; npm's own where there is no npm."""
    npm = shutil.which("npm")
    if npm is None:
        return NPM_REGISTRY
    asked = subprocess.run([npm, "config", "get", "registry"], capture_output=True, text=True)  # noqa: S603 - the system's own npm
    address = asked.stdout.strip()
    return address if address.startswith(("https://", "http://")) else NPM_REGISTRY


def download(url: str) -> bytes:
    """:raise AssetError: if it cannot be had, or is far larger than any of ours."""
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - the registry's address
            content: bytes = answer.read(MAX_BYTES + 1)
    except (OSError, ValueError) as e:
        raise AssetError(f"{url} could not be downloaded: {e}") from e
    if len(content) > MAX_BYTES:
        raise AssetError(f"{url} has more than {MAX_BYTES} bytes")
    return content


def verify(content: bytes, integrity: str, url: str) -> None:
    """:raise AssetError: if these are not the bytes that the list says."""
    got = "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()
    if got != integrity:
        raise AssetError(f"{url} is not what it should be: its checksum is {got}, expected {integrity}")


def unpack(content: bytes, file: str) -> bytes:
    """One file of a package.

    :raise AssetError: if it is not in there.
    """
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as package:
        try:
            found = package.extractfile(f"package/{file}")
        except KeyError:
            found = None
        if found is None:
            raise AssetError(f"there is no file {file} in the package")
        return found.read()


def install(asset: Asset, registry: str) -> None:
    """Put the files of a library where they are served from; its stamp comes last.

    :raise AssetError: if it cannot be had.
    """
    url = asset.url(registry)
    content = download(url)
    verify(content, asset.integrity, url)
    asset.stamp().unlink(missing_ok=True)
    for file, target in asset.targets().items():
        write(target, unpack(content, file))
    write(asset.stamp(), asset.integrity.encode())


def write(path: Path, content: bytes) -> None:
    """Whole or not at all: a page may ask for it at this moment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(path)


def main(arguments: Sequence[str]) -> int:
    """0 if every library is there in the end; 1 after one line that says which are not, and why."""
    missing = [asset for asset in ASSETS if not asset.is_there()]
    if not missing:
        return 0
    registry = ((arguments[0] if arguments else "") or npm_registry()).rstrip("/")
    print(
        f"Downloading {', '.join(f'{asset.name} {asset.version}' for asset in missing)} for the pages ...", flush=True
    )
    try:
        for asset in missing:
            install(asset, registry)
    except (AssetError, OSError) as e:
        names = ", ".join(asset.name for asset in ASSETS if not asset.is_there())
        print(f"The pages do without {names}: {e}. The next start tries again.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
