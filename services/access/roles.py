"""What people and keys may do: each role may all that those before it may."""

VIEWER = "viewer"  # their own library and jobs
OPERATOR = "operator"  # everybody's, and the console
ADMIN = "admin"  # people and keys as well

ROLES = (VIEWER, OPERATOR, ADMIN)


def includes(role: str, needed: str) -> bool:
    return ROLES.index(role) >= ROLES.index(needed)


def lower(one: str, other: str) -> str:
    """The one of two roles that may less."""
    return min(one, other, key=ROLES.index)
