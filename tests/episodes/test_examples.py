"""The examples, and the client in the documentation, against a running Backbeat: as they stand there, word for word."""

import functools
import http.server
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from imageio_ffmpeg import get_ffmpeg_exe

from tests.ops.launching import PROJECT
from tests.servers.openai_audio import OpenAiAudioServer
from tests.stack import Stack, running
from tests.story.episode_makers import tone

SECONDS = 20
SENTENCES = (
    "A river begins as a small stream in the hills.",
    "Why does the water taste of salt when it meets the sea?",
    "Because the rain takes salt from the stones.",
    "Every year the river carries more of it to the sea.",
    "That is the whole secret of the salt in the sea.",
)
EXAMPLES = PROJECT / "examples"
WORKFLOW = EXAMPLES / "github-actions" / "process-episode.yml"
LONG = 400


def _answer() -> dict[str, Any]:
    """The sentences, four seconds each, as Whisper tells of them."""
    each = SECONDS / len(SENTENCES)
    segments = [
        {"id": n, "start": n * each, "end": (n + 1) * each - 0.2, "text": f" {text}", "avg_logprob": -0.1}
        for n, text in enumerate(SENTENCES)
    ]
    return {"language": "english", "duration": SECONDS, "text": " ".join(SENTENCES), "segments": segments}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with OpenAiAudioServer() as server:
        server.answer = _answer()
        engine = {"TRANSCRIBER": server.url}
        lasting = {"LEASE_SECONDS": "60", "WEBHOOK_ALLOW_PRIVATE": "true"}
        with running(tmp_path_factory.mktemp("examples") / "data", **engine, **lasting) as started:
            yield started


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return tone(tmp_path / "rivers.mp4", SECONDS)


def _run(stack: Stack, *command: str | Path, cwd: Path, **more: str) -> str:
    """What a program says; it finds Backbeat by its environment."""
    environ = {**os.environ, "BACKBEAT_URL": stack.url, "BACKBEAT_KEY": "", **more}
    done = subprocess.run(command, cwd=cwd, env=environ, capture_output=True, text=True, timeout=LONG, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _has_upright_clips(folder: Path) -> bool:
    """Whether there are some, each taller than wide."""
    files = list(folder.iterdir())
    told = [subprocess.run([get_ffmpeg_exe(), "-i", file], capture_output=True, check=False).stderr for file in files]
    sizes = [re.search(r"Video:.*?(\d{3,})x(\d{3,})", text.decode()) for text in told]
    return bool(files) and all(size is not None and int(size[1]) < int(size[2]) for size in sizes)


@pytest.mark.timeout(600)
def test_the_program_in_python_fetches_the_clips(stack: Stack, recording: Path, tmp_path: Path) -> None:
    _run(stack, sys.executable, EXAMPLES / "process_episode.py", recording, "made", cwd=tmp_path)
    assert _has_upright_clips(tmp_path / "made")


@pytest.mark.timeout(600)
def test_the_shell_script_fetches_the_clips(stack: Stack, recording: Path, tmp_path: Path) -> None:
    _run(stack, "sh", EXAMPLES / "curl.sh", recording, "made", cwd=tmp_path)
    assert _has_upright_clips(tmp_path / "made")


@pytest.mark.timeout(600)
def test_the_client_in_the_documentation_gives_the_result(stack: Stack, recording: Path, tmp_path: Path) -> None:
    page = (PROJECT / "docs" / "async-api.md").read_text()
    (client,) = re.findall(r"```python\n(import time\n.*?)```", page, re.DOTALL)
    (tmp_path / "client.py").write_text(client)
    files = {"file": (recording.name, recording.read_bytes())}
    episode = stack.client.post("/api/episodes", files=files).raise_for_status().json()["episode"]["id"]
    asking = f"import client; print(client.process({episode!r}, {stack.url!r})['stage'])"
    assert _run(stack, sys.executable, "-c", asking, cwd=tmp_path).split()[-1] == "rendered"


@pytest.fixture
def address(recording: Path) -> Iterator[str]:
    """Where the recording is had."""
    handler = functools.partial(_Quiet, directory=str(recording.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}/{recording.name}"
        server.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.timeout(600)
def test_the_step_of_the_workflow_fetches_the_clips(stack: Stack, address: str, tmp_path: Path) -> None:
    """As GitHub runs it: by bash, which ends at the first command that fails."""
    (job,) = yaml.safe_load(WORKFLOW.read_text())["jobs"].values()
    step, keep = job["steps"]
    assert keep["with"]["path"] == "clips/"
    folder = tmp_path / "work"
    folder.mkdir()
    given = {"EPISODE": "from-github", "RECORDING": address, "GITHUB_RUN_ID": "1"}
    assert set(job["env"]) == {"BACKBEAT_URL", "BACKBEAT_KEY", "EPISODE", "RECORDING"}
    _run(stack, "bash", "-e", "-c", step["run"], cwd=folder, **given)
    assert list((folder / "clips").glob("*.mp4"))
