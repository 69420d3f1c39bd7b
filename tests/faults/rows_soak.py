"""The soak as a row of the table."""

from tests.faults.catalogue import row
from tests.faults.kit import Kit
from tests.faults.outcome import Outcome
from tests.faults.soak.run import PEACE_SECONDS, soak

JOBS, SECONDS = 1000, 180.0


@row("soak", "1,000 jobs under random faults", bound_seconds=PEACE_SECONDS)
def random_faults(kit: Kit) -> Outcome:
    return soak(kit, JOBS, SECONDS)
