"""Uploads a recording, waits for it to be processed, has its clips made, and fetches them.

    python examples/process_episode.py talk.mp4 [folder]

It needs httpx, and reads BACKBEAT_URL and BACKBEAT_KEY.
"""

import os
import sys
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

UNDER_WAY = ("queued", "running")
PAUSES_SECONDS = (1, 2, 4, 8, 16)


def post(http: httpx.Client, path: str, **what: Any) -> httpx.Response:
    """What is answered to it; sent again with the same key after a broken connection or a 503, it is not done twice."""
    request = {"headers": {"Idempotency-Key": str(uuid4())}, **what}
    for pause_seconds in PAUSES_SECONDS:
        try:
            answer = http.post(path, **request)
        except httpx.TransportError as e:
            print(f"{path}: {e}", file=sys.stderr)
        else:
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                return answer.raise_for_status()
        time.sleep(pause_seconds)
    return http.post(path, **request).raise_for_status()


def follow(http: httpx.Client, taken: httpx.Response) -> dict[str, Any]:
    """The result of a job that was taken in, once it is over."""
    while (job := http.get(taken.headers["Location"]).raise_for_status().json())["status"] in UNDER_WAY:
        print(f"{job['progress']:5.1f} %  {job['message']}")
        time.sleep(int(taken.headers["Retry-After"]))
    if job["status"] != "completed":
        raise SystemExit(f"{job['status']}: {job['error']}")
    result: dict[str, Any] = job["result"]
    return result


def main(recording: Path, folder: Path) -> None:
    key = os.environ.get("BACKBEAT_KEY", "")
    base_url = os.environ.get("BACKBEAT_URL", "http://127.0.0.1:5001")
    with httpx.Client(base_url=base_url, headers={"x-api-key": key} if key else {}, timeout=60) as http:
        with recording.open("rb") as file:
            episode = post(http, "/api/episodes", files={"file": file}).json()["episode"]["id"]
        follow(http, post(http, f"/async/episodes/{episode}/process"))
        wanted = {"variants": ["subtitled"], "aspect_ratios": ["9x16"]}
        clips = follow(http, post(http, f"/async/episodes/{episode}/render_clips", json=wanted))
        folder.mkdir(exist_ok=True)
        for made in clips["files"]:
            target = folder / f"{made['clip_id']}-{made['variant']}-{made['aspect_ratio']}.mp4"
            target.write_bytes(http.get(made["url"]).raise_for_status().content)
            print(target)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2] if len(sys.argv) > 2 else "clips"))
