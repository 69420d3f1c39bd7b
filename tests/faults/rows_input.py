"""Bad input, sent to a running Backbeat: too much of it, malformed, naughty, hostile, and names that lead elsewhere."""

import http.client
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from urllib.parse import quote

import httpx
import psutil
from sqlalchemy import text

from tests.browsing import chromium
from tests.faults.catalogue import row
from tests.faults.invariants import broken
from tests.faults.kit import Kit, inside
from tests.faults.outcome import Outcome
from tests.naughty.conftest import fill
from tests.naughty.strings import LONE_SURROGATE, MARK, NAUGHTY, UNSTORABLE
from tests.naughty.visiting import pages_of, ran_on, visitor
from tests.stack import Stack
from tests.waiting import wait_until

MEBIBYTE = 1024 * 1024
MOST_GROWTH_BYTES = 96 * MEBIBYTE
TABLES = ("song", "playlist", "job", "audit_entry", "queue_state")
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=b"
PART = b'--b\r\nContent-Disposition: form-data; name="files"; filename="%s"\r\n\r\n%s\r\n'


@row("20", "huge bodies: 1 GB in chunks, 1M fields, 100k parts, bombs")
def huge_bodies(kit: Kit) -> Outcome:
    bodies: list[tuple[str, str, Callable[[], Iterator[bytes]], tuple[int, ...]]] = [
        ("/api/songs", JSON, lambda: _repeated(b" " * MEBIBYTE, 1024), (413,)),
        ("/songs/new", FORM, lambda: _repeated(b"lyrics=" + b"a" * MEBIBYTE, 1024), (413,)),
        ("/api/import", MULTIPART, lambda: _repeated(PART % (b"x.mp3", b"a" * MEBIBYTE), 1024), (413,)),
        ("/songs/new", FORM, lambda: _repeated(b"a=&" * 1000, 600), (413,)),
        ("/api/import", MULTIPART, lambda: _repeated(PART % (b"x.txt", b"la") * 100, 1000), (413,)),
        ("/api/import", MULTIPART, lambda: _repeated(PART % (b"x.txt", b"la" * 10_000), 500, b"--b--\r\n"), (202,)),
        ("/api/songs", JSON, lambda: _repeated(b"[" * 1000, 1000), (400, 413)),
    ]
    breaches = []
    with kit.stack(MAX_UPLOAD_MB="64") as stack, _growth(stack) as growth:
        for path, content_type, body, allowed in bodies * kit.tries:
            status = _status(stack, path, content_type, body())
            if status not in allowed:
                breaches.append(f"{content_type} to {path}: {status}, allowed are {allowed}")
        _all_over(stack)
        left = [path.name for path in stack.settings.uploads_dir.iterdir()]
        breaches += [f"left behind: {left}"] * bool(left) + broken(stack.engine, stack.settings.effective_redis_url)
    grown = max(growth)
    if grown > MOST_GROWTH_BYTES:
        breaches.append(f"a process grew by {grown // MEBIBYTE} MB, allowed are {MOST_GROWTH_BYTES // MEBIBYTE}")
    return Outcome(
        len(bodies) * kit.tries, breaches=tuple(breaches), note=f"no process grew by more than {grown >> 20} MB"
    )


@row("21", "malformed, ambiguous and deeply nested JSON, to every address")
def malformed_json(kit: Kit) -> Outcome:
    bodies = (
        *(b"{", b"[1,", b"nonsense", b'{"title": NaN}', b'{"a": Infinity}', b'{"title": "\xff\xfe"}'),
        *(b'{"title": "x", "title": "y"}', b'{"title": %s}' % LONE_SURROGATE, b"[" * 33 + b"]" * 33, b"null", b"[]"),
        *(b'{"title": {"title": 1}, "name": 5, "filter": 5}', b'{"reason": 5, "queue": [], "then": {}}', b'"x"'),
    )
    wrong, tried = [], 0
    with kit.stack() as stack:
        before = _counts(stack)
        for path, method in _with_body(stack):
            for body in bodies:
                for content_type in (JSON, "text/plain"):
                    answer = stack.client.request(method, path, content=body, headers={"Content-Type": content_type})
                    tried += 1
                    if answer.status_code not in (400, 404, 415, 422):
                        wrong.append(f"{method} {path} {body[:40]!r}: {answer.status_code}")
        if _counts(stack) != before:
            wrong.append(f"rows were written: {before} became {_counts(stack)}")
    return Outcome(tried, breaches=tuple(wrong[:5]), note="no row written")


@row("22", "naughty strings through API, search, export and log")
def naughty_strings(kit: Kit) -> Outcome:
    wrong = []
    with kit.stack() as stack:
        for name, naughty in NAUGHTY.items():
            made = stack.client.post("/api/songs", json={"title": naughty[:300], "artist": name, "lyrics": naughty})
            told = stack.client.get(made.headers.get("Location", "/")).json() if made.status_code == 201 else {}
            if MARK not in told.get("title", "") or MARK not in (told.get("lyrics") or ""):
                wrong.append(f"{name}: {made.status_code} {made.text[:80]}")
            stack.client.post("/api/queue/high/pause", json={"reason": naughty[:200]})
            found = stack.client.get("/api/songs", params={"q": naughty[:200]})
            wrong += [f"search for {name}: {found.status_code}"] * (found.status_code != 200)
        refused = stack.client.post("/api/songs", json={"title": UNSTORABLE["nul"]}).status_code
        wrong += [f"a NUL: {refused}"] * (refused != 422)
        export = stack.client.get("/admin/audit/export.csv").text
        log = stack.log.read_text(errors="replace")
    wrong += ["a formula in the export"] * any(f",{sign}" in export for sign in ("=", "+", "@", "\t"))
    wrong += ["a forged line in the log"] * ("\nlevel=error event=forged" in log or "\x1b" in log or "\u202e" in log)
    return Outcome(len(NAUGHTY) + 1, breaches=tuple(wrong))


@row("23", "scripts in every stored text, on every page of a real browser")
def scripts_in_texts(kit: Kit) -> Outcome:
    complaints: list[str] = []
    with kit.stack_of_made_up_jobs() as stack, inside(stack) as app:
        key = fill()
        pages = pages_of(app, range(1, 4))
        with visitor(chromium(), stack.url, key, complaints) as page:
            complaints += [f"a script ran on {address}" for address in pages if ran_on(page, address)]
    return Outcome(len(pages), breaches=tuple(complaints[:5]), note="no script ran, no report of the policy")


@row("24", "names that lead out of the folder: in addresses and of uploads")
def paths_that_lead_elsewhere(kit: Kit) -> Outcome:
    canary = kit.folder / "canary.txt"
    canary.write_text("THE CANARY")
    names = _leading_to(canary)
    wrong = []
    with kit.stack() as stack:
        before = _files(kit.folder)
        places = _parameter_paths(stack)
        for place in places:
            for name in names:
                status, body = _raw_get(stack, place.replace("{}", name))
                if status >= 500 or "THE CANARY" in body or "root:" in body:
                    wrong.append(f"GET {place.replace('{}', name)}: {status}")
        files = [("files", (name, b"la la", "text/plain")) for name in names]
        answer = stack.client.post("/api/import", files=files)
        wrong += [f"upload: {answer.status_code} {answer.text[:100]}"] * (answer.status_code != 202)
        _all_over(stack)
        new = [path for path in _files(kit.folder) - before if "/data0/" not in f"{path}/" and path.suffix != ".log"]
        wrong += [f"a file outside: {path}" for path in new]
        wrong += ["the canary was touched"] * (canary.read_text() != "THE CANARY")
        left = list(stack.settings.uploads_dir.iterdir())
        wrong += [f"left behind: {left}"] * bool(left) + broken(stack.engine, stack.settings.effective_redis_url)
    return Outcome((len(places) + 1) * len(names), breaches=tuple(wrong[:5]), note="nothing read or written outside")


def _repeated(piece: bytes, times: int, end: bytes = b"") -> Iterator[bytes]:
    yield from (piece for _ in range(times))
    yield end or b" "


def _status(stack: Stack, path: str, content_type: str, body: Iterator[bytes]) -> int:
    """The answer, also where it comes before all was sent; what hangs up instead is a refusal without words: 413."""
    try:
        return httpx.post(
            stack.url + path, content=body, headers={"Content-Type": content_type}, timeout=60
        ).status_code
    except (httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError):
        return 413


@contextmanager
def _growth(stack: Stack) -> Iterator[list[int]]:
    """By how many bytes each process grew at most, filled in at the end."""
    first: dict[int, int] = {}
    most: dict[int, int] = {}
    over = Event()

    def look() -> None:
        while not over.wait(0.05):
            for process in psutil.Process(stack._process.pid).children(recursive=True):
                try:
                    size = process.memory_info().rss
                except psutil.Error:
                    continue
                first.setdefault(process.pid, size)
                most[process.pid] = max(most.get(process.pid, 0), size)

    watch = Thread(target=look)
    watch.start()
    growth: list[int] = []
    try:
        yield growth
    finally:
        over.set()
        watch.join()
        growth += [most[pid] - first[pid] for pid in first]


def _all_over(stack: Stack) -> None:
    live = "SELECT count(*) FROM job WHERE status NOT IN ('finished', 'failed', 'canceled')"
    wait_until(lambda: stack.rows(live) == [(0,)], "all jobs are over", within_seconds=90)
    uploads = stack.settings.uploads_dir  # a job that is over removes its files a moment later
    wait_until(lambda: not any(uploads.iterdir()), "no upload is left behind", within_seconds=20)


def _counts(stack: Stack) -> dict[str, int]:
    with stack.engine.connect() as connection:
        return {table: connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0 for table in TABLES}  # noqa: S608


def _with_body(stack: Stack) -> list[tuple[str, str]]:
    paths = json.loads(stack.client.get("/openapi.json").text)["paths"]
    return [
        (
            path.replace("{name}", "high")
            .replace("{job_id}", "0" * 26)
            .replace("{worker}", "x")
            .replace("{song_id}", "1")
            .replace("{playlist_id}", "1"),
            method.upper(),
        )
        for path, methods in paths.items()
        for method, described in methods.items()
        if JSON in described.get("requestBody", {}).get("content", {})
    ]


def _leading_to(canary: Path) -> list[str]:
    up = "../" * 8
    target = str(canary).lstrip("/")
    plain = [
        f"{up}{target}",
        str(canary),
        f"C:\\{target}",
        f"..\\..\\{target}",
        f"file://{canary}",
        "..",
        "....//....//x",
    ]
    coded = [quote(name, safe="") for name in plain] + [f"{up}{target}".replace("../", "%2e%2e/")]
    return [*plain, *coded, f"{up}{target}".replace("../", "%252e%252e%252f"), "x%00.txt", "~root", "CON", "a" * 300]


def _parameter_paths(stack: Stack) -> list[str]:
    """Every address with a parameter, `{}` in its place, and the folders that are served."""
    with inside(stack) as app:
        rules = [rule for rule in app.url_map.iter_rules() if rule.arguments and "GET" in (rule.methods or ())]
    return ["".join("{}" if part.startswith("<") else part for part in _parts(rule.rule)) for rule in rules]


def _parts(rule: str) -> list[str]:
    return rule.replace("<", "\0<").replace(">", ">\0").split("\0")


def _raw_get(stack: Stack, path: str) -> tuple[int, str]:
    """As it is: no client tidies the address."""
    connection = http.client.HTTPConnection(stack.settings.host, stack.settings.port, timeout=30)
    connection._validate_path = lambda _path: None  # type: ignore[attr-defined]  # it would refuse what we try
    try:
        connection.request("GET", path.replace(" ", "%20"))
        answer = connection.getresponse()
        return answer.status, answer.read().decode(errors="replace")
    finally:
        connection.close()


def _files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}
