"""What jobs of a type need in memory: loaded once in the worker, before it forks for the first of them."""

from functools import cache

from services.jobs.registry import JOB_TYPES, resolve


def prepare_for(type_name: str) -> None:
    """Have ready what jobs of the type need, its code first, for all processes that are forked from here."""
    kind = JOB_TYPES[type_name]
    resolve(kind.task)
    if kind.prepare is not None:
        _prepare(kind.prepare)


def load_tasks() -> None:
    """Have the code of all types ready."""
    for kind in JOB_TYPES.values():
        resolve(kind.task)


@cache
def _prepare(dotted_path: str) -> None:
    resolve(dotted_path)()
