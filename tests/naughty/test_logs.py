"""Nobody can forge a line of the log, or have it move a terminal's cursor."""

import logging
import subprocess
import sys

import pytest

import logs
from tests.naughty.strings import NAUGHTY, UNSTORABLE

PROGRAM = """
import logging, structlog
from logs import configure_logging
from tests.naughty.strings import NAUGHTY, UNSTORABLE
configure_logging("info")
for text in (NAUGHTY | UNSTORABLE).values():
    structlog.get_logger().info("told", name=text)
    logging.getLogger("library").warning("told %s", text)
    try:
        raise ValueError(text)
    except ValueError:
        logging.getLogger("library").exception("told")
        structlog.get_logger().exception("told")
"""
BEGINNINGS = ("timestamp=", "WARNING library: told", "ERROR library: told")


def test_it_writes_a_line_for_each_event_and_only_plain_characters() -> None:
    ran = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, check=True)
    lines = ran.stderr.decode("utf-8").removesuffix("\n").split("\n")
    assert len(lines) == 4 * len(NAUGHTY | UNSTORABLE)
    assert all(line.startswith(BEGINNINGS) for line in lines)
    assert [line for line in lines if logs.one_line(line) != line or len(line.splitlines()) != 1] == []


@pytest.mark.parametrize("text", NAUGHTY.values(), ids=NAUGHTY)
def test_it_tells_a_job_the_same(text: str) -> None:
    heard: list[str] = []
    handler = logs._ListenerHandler()
    with logs.heard_by(lambda _level, line: heard.append(line)):
        handler.emit(logging.makeLogRecord({"msg": "told %s", "args": (text,), "levelno": logging.INFO}))
    assert [len(line.splitlines()) for line in heard] == [1]
    assert heard[0] == logs.one_line(f"told {text}")
