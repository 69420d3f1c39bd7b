"""What became of the promises that were at stake when a fault was made."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """One row's figures. `recovery_seconds` is the worst seen, from the fault to all well."""

    tried: int  # how often the fault was made, or promises at stake: jobs, items, requests
    lost: int = 0  # promises that never ended, or ended without their effect
    doubled: int = 0  # effects that took place more than once
    recovery_seconds: float | None = None  # None: nothing to recover
    breaches: tuple[str, ...] = ()  # anything else that was promised and not kept, in words
    note: str = ""
    gave_up_after_seconds: float | None = None  # how long it was waited for a recovery that was not seen

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.doubled or self.breaches)

    def faults(self, bound_seconds: float | None) -> list[str]:
        """What is wrong, in words; empty if every promise was kept in time."""
        wrong = [f"{self.lost} lost"] * bool(self.lost) + [f"{self.doubled} doubled"] * bool(self.doubled)
        wrong += self.breaches
        if self.tried < 1:
            wrong.append("nothing was tried")
        if bound_seconds is not None and self.recovery_seconds is None:
            wrong.append("no recovery was measured")
        if bound_seconds is not None and (self.recovery_seconds or 0.0) > bound_seconds:
            wrong.append(f"recovered in {self.recovery_seconds:.1f} s, allowed are {bound_seconds:g} s")
        return wrong
