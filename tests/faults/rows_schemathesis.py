"""All that Schemathesis can think of, sent to every address of a running Backbeat."""

from tests.api.conformance import try_server
from tests.faults.catalogue import row
from tests.faults.invariants import broken
from tests.faults.kit import Kit
from tests.faults.outcome import Outcome

MAX_TIME_SECONDS = 150
SHOWN = 5


@row("schemathesis", "requests of every kind, to every address")
def every_kind_of_request(kit: Kit) -> Outcome:
    with kit.stack_of_made_up_jobs(SAMPLE_LIBRARY="true") as stack:
        found = try_server(stack.url, seed=kit.seed, max_time_seconds=MAX_TIME_SECONDS * kit.tries)
        # Songs and jobs were deleted as well, with what their effects are counted against.
        wrong = broken(stack.engine, stack.settings.effective_redis_url, ended=False, effects=False)
    breaches = [*found.breaches[:SHOWN], *wrong]
    more = len(found.breaches) - SHOWN
    note = f"and {more} more answers like these" if more > 0 else "no 5xx, no answer that the document does not tell of"
    return Outcome(found.requests, breaches=tuple(breaches), note=note)
