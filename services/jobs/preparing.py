"""What jobs of a type need in memory: loaded once in the worker, before it forks for the first of them."""

from functools import cache

from services.jobs.registry import JOB_TYPES, resolve

_ready: set[str] = set()  # types of which nothing is left to load


def prepare_for(type_name: str) -> bool:
    """Have ready what jobs of the type need, its code first, for all processes that are forked from here; whether any
    of it was not: those that were forked before lack it."""
    if type_name in _ready:
        return False
    kind = JOB_TYPES[type_name]
    resolve(kind.task)
    if kind.prepare is not None:
        _prepare(kind.prepare)
    _ready.add(type_name)
    return True


def load_tasks() -> None:
    """Have the code of all types ready."""
    for kind in JOB_TYPES.values():
        resolve(kind.task)
    _ready.update(name for name, kind in JOB_TYPES.items() if kind.prepare is None)


@cache
def _prepare(dotted_path: str) -> None:
    resolve(dotted_path)()
