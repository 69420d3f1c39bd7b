"""A message longer than a service takes is sent in several."""

import subprocess
import sys

from clients.apprise_process import ROOT

LONG = """
import json
from apprise.plugins.custom_json import NotifyJSON
from clients.apprise_sender import Asked, tell
sent = []
NotifyJSON.body_maxlen = 2000
NotifyJSON.send = lambda self, body, **more: sent.append(body) or True
body = "\\n".join(["A line of fifty characters, or thereabouts, or more."] * 100)
told = tell(Asked(url="json://127.0.0.1/", title="T", body=body, kind="info", allow_private=True, within_seconds=9.0))
print(json.dumps([told.get("error", ""), len(sent), max(map(len, sent)) <= 2000]))
"""


def test_it_is_split_where_the_service_is_short() -> None:
    done = subprocess.run([sys.executable, "-c", LONG], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == '["", 3, true]', done.stderr
