"""What the process that speaks to Apprise may not do."""

import subprocess
import sys
from pathlib import Path

import pytest

from clients.apprise_process import ROOT

TRIED = """
import os, socket, subprocess, sys
from clients.apprise_sender import Guard
guard = Guard(allow_private=False)
guard.watch()
try:
    {deed}
except PermissionError as e:
    print(e)
"""


@pytest.mark.parametrize(
    ("deed", "said"),
    [
        ("subprocess.Popen(['true'])", "it would run a program"),
        ("os.system('true')", "it would run a program"),
        ("os.execv('/bin/true', ['true'])", "it would run a program"),
        ("open('/tmp/made-by-a-notice', 'w')", "it would touch a file"),
        ("open('/etc/passwd')", "it would touch a file"),
        ("open('var/secret_key')", "it would touch a file"),
        ("open('/usr/../etc/passwd')", "it would touch a file"),
        ("socket.create_connection(('127.0.0.1', 9))", "it leads to this machine or into a private network"),
        ("socket.socket(socket.AF_UNIX).connect('/run/x')", "it leads to this machine or into a private network"),
        (
            "socket.socket(type=socket.SOCK_DGRAM).sendto(b'', ('10.0.0.1', 9))",
            "it leads to this machine or into a private network",
        ),
        ("print(open(socket.__file__).read(3) and 'read')", "read"),
    ],
)
def test_it_is_stopped(deed: str, said: str) -> None:
    program = TRIED.format(deed=deed)
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == said, done.stderr
    assert not Path("/tmp/made-by-a-notice").exists()
