"""What wrk says, and what it is told to ask."""

from pathlib import Path

import pytest

from bench.load import in_turn, read

SAID = """Running 1s test @ http://127.0.0.1:8000/hello
  1 threads and 32 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency    18.12ms    2.31ms  34.10ms   92.11%
    Req/Sec     1.74k   120.00     1.90k    70.00%
  Latency Distribution
     50%   17.90ms
     75%   18.20ms
     90%   19.00ms
     99%    1.20s
  1737 requests in 1.00s, 280.10KB read
Requests/sec:   1736.55
Transfer/sec:    280.03KB
"""


def test_it_reads_rates_and_latencies() -> None:
    answered = read(SAID)
    assert (answered.requests, answered.per_second) == (1737, 1736.55)
    assert (answered.p50_milliseconds, answered.p99_milliseconds) == (17.9, 1200.0)


def test_it_reads_a_server_that_is_quicker_than_a_millisecond() -> None:
    assert read(SAID.replace("17.90ms", "870.00us")).p50_milliseconds == pytest.approx(0.87)


def test_it_refuses_what_it_cannot_read() -> None:
    with pytest.raises(RuntimeError, match="unable to connect"):
        read("unable to connect to 127.0.0.1:8000 Connection refused")


def test_it_names_every_path_in_the_script(tmp_path: Path) -> None:
    assert '{"/a","/b"}' in in_turn(["/a", "/b"], tmp_path / "paths.lua").read_text()
