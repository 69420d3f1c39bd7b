"""Maintenance windows: queues that are held back on some days, from a time of the clock, for so many minutes."""
