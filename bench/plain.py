"""The job for plain RQ; it stands alone, so that no job pays for an import."""


def noop() -> None:
    """Do nothing."""
