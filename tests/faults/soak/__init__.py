"""A soak: much work asked for over HTTP under seeded random faults, then peace, then the judgement."""
