"""Whatever is stuck anywhere in Backbeat, in one place: why, what becomes of it by itself, and what can be done."""
