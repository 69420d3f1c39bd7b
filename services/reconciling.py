"""Looking instead of trusting: what is due is looked at, a pure function decides, and each decision is applied once.

The news of work that goes on elsewhere gets lost: a renderer's call, an upload's last word. So nobody waits for them
alone. Kubernetes calls this a level-triggered reconciler: it acts on how things are, not on what was said of them.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from typing import Generic, TypeVar

import structlog

import crashpoints
from errors import TransientError

log = structlog.get_logger(__name__)

Item = TypeVar("Item")
Sight = TypeVar("Sight")
Decision = TypeVar("Decision")


class LeftOut(Exception):
    """There was no time to look any more: nothing is decided of this one, and it stays due."""


@dataclass(frozen=True, slots=True)
class Reconciler(Generic[Item, Sight, Decision]):
    """How one kind of thing is looked after.

    `due(limit)` gives the next that are due, the oldest first; what has been applied is due no more.
    `look(item)` asks whoever knows, without the database; TransientError says that nobody answered, and is a sight too;
    `LeftOut` that it did not look.
    `decide(item, sight)` is pure.
    `apply(decided)` writes a batch, each decision at most once whoever else is at it, and counts what came of it.
    `key(item)` is by what one is told from another.
    """

    due: Callable[[int], Sequence[Item]]
    look: Callable[[Item], Sight]
    decide: Callable[[Item, Sight | TransientError], Decision]
    apply: Callable[[Sequence[tuple[Item, Decision]]], Counter[str]]
    key: Callable[[Item], Hashable]


def reconcile(
    of: Reconciler[Item, Sight, Decision],
    *,
    batch_size: int,
    at_once: int,
    on_batch: Callable[[int], None] = lambda _: None,
    most: int | None = None,
) -> Counter[str]:
    """One cycle: everything that is due, batch by batch, `at_once` looks at a time, at most `most` in all.

    `on_batch(n)` is called after each batch of which `n` were looked at, and may raise to stop there. The counts are
    those of `apply`.
    """
    counts: Counter[str] = Counter()
    with ThreadPoolExecutor(max_workers=at_once, thread_name_prefix="look") as pool:
        for batch in _batches(of, batch_size, most):
            sights = pool.map(lambda item: _seen(of, item), batch)
            seen = zip(batch, sights, strict=True)
            decided = [(item, of.decide(item, sight)) for item, sight in seen if not isinstance(sight, LeftOut)]
            crashpoints.reached("R1")
            if decided:
                counts += of.apply(decided)
            crashpoints.reached("R2")
            on_batch(len(decided))
    return counts


def _batches(of: Reconciler[Item, Sight, Decision], batch_size: int, most: int | None) -> Iterator[Sequence[Item]]:
    """Each item once: one that is due still after it was applied waits for the next cycle."""
    met: set[Hashable] = set()
    for _ in count():
        room = batch_size if most is None else min(batch_size, most - len(met))
        batch = [item for item in of.due(room) if of.key(item) not in met] if room > 0 else []
        if not batch:
            return
        met.update(of.key(item) for item in batch)
        yield batch


def _seen(of: Reconciler[Item, Sight, Decision], item: Item) -> Sight | TransientError | LeftOut:
    try:
        return of.look(item)
    except (TransientError, LeftOut) as e:
        return e
    except Exception as e:  # a mistake of ours with one thing must not keep all others from being looked at
        log.exception("look_failed", key=str(of.key(item)))
        return TransientError(f"Looking failed by a mistake of Backbeat's ({type(e).__name__}); the log tells more.")
