"""Small libraries in C that stand between a process and the kernel, so that a disk or a clock can fail without root."""

import subprocess
from pathlib import Path

SOURCES = Path(__file__).parent / "shims"


def built(name: str, folder: Path) -> str:
    """The path of the library of that name, built into `folder`; for LD_PRELOAD.

    :raise FileNotFoundError: if there is no C compiler (Debian: apt-get install gcc libc6-dev).
    """
    library = folder / f"{name}.so"
    command = ["cc", "-shared", "-fPIC", "-O1", "-Wall", "-o", str(library), str(SOURCES / f"{name}.c"), "-ldl"]
    subprocess.run(command, check=True, timeout=60)
    return str(library)
