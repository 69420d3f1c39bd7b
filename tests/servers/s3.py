"""A real server that speaks S3: rclone's, over a folder whose folders are its buckets."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.ops.launching import free_port
from tests.waiting import wait_until

BUCKET = "media"
KEY, SECRET = "a-key-for-tests", "a-secret-for-tests"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_DEFAULT_REGION": "us-east-1"}
RCLONE = Path(sys.executable).parent / "rclone"


@contextmanager
def s3_server(folder: Path, *, is_open: bool = False) -> Iterator[str]:
    """Its address, with one empty bucket; `is_open` to whoever comes without a key."""
    (folder / BUCKET).mkdir(parents=True)
    address = f"127.0.0.1:{free_port()}"
    options = ["--addr", address, "--config", str(folder.parent / "none.conf")]
    options += [] if is_open else ["--auth-key", f"{KEY},{SECRET}"]
    process = subprocess.Popen(
        [RCLONE, "serve", "s3", *options, str(folder)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    url = f"http://{address}"
    try:
        wait_until(lambda: _answers(url), "the S3 server answers")
        yield url
    finally:
        process.terminate()
        process.wait(10)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url).status_code < 500
    except httpx.TransportError:
        return False
