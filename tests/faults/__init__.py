"""Faults made on purpose, and what became of the promises: `python -m tests.faults` prints the table."""
