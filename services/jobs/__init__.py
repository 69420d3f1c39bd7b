"""The job engine: SQL remembers the promise, RQ wakes a worker, Redis shows the present, the janitor reconciles."""
