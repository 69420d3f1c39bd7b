"""Footage: a pipeline that looks at each record's status and moves whatever can move."""
