"""The HTTP entrances: they parse, make one call, and answer."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register every blueprint."""
