"""Uploads a video in pieces, goes on where a connection broke, and waits until browsers can play it.

    python examples/upload_video.py harbour.mp4 [tenant]

It needs httpx, and reads BACKBEAT_URL and BACKBEAT_KEY. The pieces go by tus 1.0.0 (tus.io), each with its checksum.
"""

import base64
import hashlib
import os
import sys
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

PIECE_BYTES = 8 * 1024 * 1024
PAUSES_SECONDS = (1, 2, 4, 8, 16, 30, 60)
TUS = {"Tus-Resumable": "1.0.0"}
WORTH_ANOTHER_TRY = {423, 460, 503}  # somebody else is at it, the piece was changed on its way, or a part is away
CHANGED = 409  # the bytes that are there end elsewhere


def begin(http: httpx.Client, path: Path, tenant_id: str | None) -> dict[str, Any]:
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    told = {"file_name": path.name, "size_bytes": path.stat().st_size, "tenant_id": tenant_id, "sha256": sha256}
    begun = http.post("/api/videos", json=told, headers={"Idempotency-Key": str(uuid4())})
    video: dict[str, Any] = begun.raise_for_status().json()
    return video


def send(http: httpx.Client, path: Path, address: str) -> None:
    """Send what is not there yet; after a failure the server says how much has come."""
    tries = 0
    with path.open("rb") as file:
        while True:
            try:
                offset = int(http.head(address, headers=TUS).raise_for_status().headers["Upload-Offset"])
                if offset == path.stat().st_size:
                    return
                tries = tries + 1 if not send_piece(http, file, address, offset) else 0
            except httpx.TransportError as e:
                print(f"{address}: {e}", file=sys.stderr)
                tries += 1
            if tries:
                time.sleep(PAUSES_SECONDS[min(tries, len(PAUSES_SECONDS)) - 1])


def send_piece(http: httpx.Client, file: Any, address: str, offset: int) -> bool:
    """Whether it was taken; false if it is to be tried again."""
    file.seek(offset)
    piece = file.read(PIECE_BYTES)
    headers = TUS | {
        "Content-Type": "application/offset+octet-stream",
        "Upload-Offset": str(offset),
        "Upload-Checksum": f"sha256 {base64.b64encode(hashlib.sha256(piece).digest()).decode()}",
    }
    answer = http.patch(address, content=piece, headers=headers)
    if answer.status_code in WORTH_ANOTHER_TRY or answer.status_code == CHANGED:
        return False
    answer.raise_for_status()
    print(f"{answer.headers['Upload-Offset']} bytes are there")
    return True


def follow(http: httpx.Client, video_id: str) -> dict[str, Any]:
    """The video once it is ready."""
    while True:
        video: dict[str, Any] = http.get(f"/api/videos/{video_id}").raise_for_status().json()
        if video["status"] == "ready":
            return video
        if video["status"] == "failed":
            raise SystemExit(f"{video['problem']}: {video['problem_text']}")
        print(video["status"])
        time.sleep(1)


def main(path: Path, tenant_id: str | None) -> None:
    key = os.environ.get("BACKBEAT_KEY", "")
    base_url = os.environ.get("BACKBEAT_URL", "http://127.0.0.1:5001")
    with httpx.Client(base_url=base_url, headers={"x-api-key": key} if key else {}, timeout=60) as http:
        video = begin(http, path, tenant_id)
        send(http, path, video["upload_url"])
        ready = follow(http, video["id"])
        print(f"{base_url}{ready['web_url']}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None)
