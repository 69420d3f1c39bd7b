"""The work of each step: `(id, Context) -> Done`, safe to run twice."""
