"""Who asks: the name that goes into the audit log."""

LOCAL_OPERATOR = "local operator"


def current_actor() -> str:
    """Whoever is at this machine: Backbeat answers on loopback only, and nobody signs in."""
    return LOCAL_OPERATOR
