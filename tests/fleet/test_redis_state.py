"""What Redis says of itself, and whether that keeps it from taking what is written to it."""

import pytest

from store.redis_state import redis_state


@pytest.mark.parametrize(("policy", "is_full"), [("noeviction", True), ("allkeys-lru", False)])
def test_it_is_not_full_where_it_makes_room_by_itself(policy: str, is_full: bool) -> None:
    memory = {"used_memory": 1000, "maxmemory": 1000, "maxmemory_policy": policy}
    assert redis_state(memory, {}).is_full is is_full
