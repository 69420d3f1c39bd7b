"""The soak as a row of the table: three seeds, one after another."""

from dataclasses import replace

from tests.faults.catalogue import row
from tests.faults.kit import Kit
from tests.faults.outcome import Outcome
from tests.faults.soak.run import PEACE_SECONDS, soak

SEEDS, JOBS, SECONDS = 3, 1000, 150.0


@row("soak", "1,000 jobs under random faults, three seeds", bound_seconds=PEACE_SECONDS)
def random_faults(kit: Kit) -> Outcome:
    """Each seed has a Backbeat of its own, and is printed; the outcome is of all of them."""
    return together([soak(kit, JOBS, SECONDS, seed=kit.seed + n) for n in range(SEEDS * kit.tries)])


def together(outcomes: list[Outcome]) -> Outcome:
    """All of what went wrong, and the slowest recovery; none if any of them did not recover."""
    seconds = [each.recovery_seconds for each in outcomes]
    recovered = [one for one in seconds if one is not None]
    return replace(
        outcomes[0],
        tried=sum(each.tried for each in outcomes),
        lost=sum(each.lost for each in outcomes),
        doubled=sum(each.doubled for each in outcomes),
        recovery_seconds=max(recovered) if len(recovered) == len(outcomes) else None,
        breaches=tuple(words for each in outcomes for words in each.breaches),
        note="; ".join(each.note for each in outcomes),
    )
