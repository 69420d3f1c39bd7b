"""The arrows of docs/architecture.md: imports go down only, and every dotted path of the task table leads somewhere."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.jobs.registry import JOB_TYPES, resolve
from store.bell import ALLOWED_FUNCTIONS

ROOT = Path(__file__).resolve().parent.parent
# What each layer may import besides itself. A process's entry point stands above the app that it starts.
LEAVES = {
    "breaker",
    "config",
    "crashpoints",
    "errors",
    "clock",
    "extensions",
    "lifeline",
    "logs",
    "redis_urls",
    "sentinels",
    "silences",
    "version",
}
BELOW_SERVICES = {"models", "store", "clients"}
MAY_IMPORT = {
    "config": {"crashpoints", "errors", "redis_urls"},
    "redis_urls": {"sentinels"},
    "sentinels": {"clock"},
    "silences": {"clock"},
    "crashpoints": set(),
    "errors": set(),
    "clock": set(),
    "lifeline": set(),
    "logs": set(),
    "version": set(),
    "breaker": {"clock"},
    "extensions": {"breaker", "config", "errors", "clock", "redis_urls", "silences"},
    "models": LEAVES,
    "store": LEAVES,
    "clients": LEAVES,
    "services": LEAVES | BELOW_SERVICES,
    "blueprints": LEAVES | BELOW_SERVICES | {"services"},
    "core": LEAVES | {"models"},
    "scripts": LEAVES | BELOW_SERVICES | {"services", "core", "app"},
    "workers": LEAVES | BELOW_SERVICES | {"services", "core"},
    "app": LEAVES | {"core", "models", "blueprints", "scripts"},
    "serving": LEAVES | {"store", "blueprints", "app"},
}


def _modules() -> Iterator[tuple[str, Path]]:
    for layer in MAY_IMPORT:
        single = ROOT / f"{layer}.py"
        for path in [single] if single.exists() else sorted((ROOT / layer).rglob("*.py")):
            yield layer, path


def _imports(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    return {name.split(".")[0] for name in names}


@pytest.mark.parametrize(("layer", "path"), list(_modules()), ids=lambda value: str(value).removeprefix(f"{ROOT}/"))
def test_it_imports_only_from_below(layer: str, path: Path) -> None:
    ours = _imports(path) & set(MAY_IMPORT)
    assert ours <= MAY_IMPORT[layer] | {layer}


def test_only_config_reads_the_environment() -> None:
    readers = {path.name for _, path in _modules() if "os.environ" in path.read_text() or "getenv" in path.read_text()}
    # A worker, its horse and a supervised process are told by it who they are; none of that is a setting.
    assert readers <= {"config.py", "context.py", "horses.py", "lifeline.py", "gunicorn.conf.py", "supervisord.py"}


def test_only_the_clock_reads_the_time() -> None:
    forbidden = ("time.time()", "datetime.now(", "time.monotonic()", "utcnow(")
    layers = {"models", "store", "services", "clients", "blueprints"}
    readers = [path for layer, path in _modules() if layer in layers and any(f in path.read_text() for f in forbidden)]
    assert readers == []


def test_only_the_keys_module_spells_redis_keys() -> None:
    spellers = [path for _, path in _modules() if 'f"backbeat:' in path.read_text() and path.name != "keys.py"]
    assert spellers == []


@pytest.mark.parametrize(
    "dotted_path",
    sorted({kind.task for kind in JOB_TYPES.values()} | {kind.gather for kind in JOB_TYPES.values() if kind.gather}),
)
def test_every_task_is_there(dotted_path: str) -> None:
    assert callable(resolve(dotted_path))


@pytest.mark.parametrize("dotted_path", sorted(ALLOWED_FUNCTIONS))
def test_every_ring_is_there(dotted_path: str) -> None:
    assert callable(resolve(dotted_path))
