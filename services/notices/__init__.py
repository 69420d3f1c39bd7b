"""Telling people what became of their jobs, and operators what is wrong, where they want to be told."""
