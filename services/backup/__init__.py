"""Backups of a Backbeat that goes on working, and starting another from one.

Redis is not in them: it holds the present only. The janitor of what was restored rings again for all that SQL says is
waiting, and takes what was running for lost, so it is done again.
"""
