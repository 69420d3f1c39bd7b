"""The table of kinds, in the order in which they are told of."""

from collections.abc import Mapping

from services.recovery import footage, jobs, renders, videos, webhooks
from services.recovery.things import Finder

FINDERS: Mapping[str, Finder] = {
    finder.kind: finder for finder in (jobs.FINDER, renders.FINDER, videos.FINDER, footage.FINDER, webhooks.FINDER)
}
