"""Who asks: found out once a request by `blueprints/access`, and told to views from here."""

from flask import g, has_request_context

from services.access.identity import LOCAL_OPERATOR, Identity


def current_identity() -> Identity:
    """:raise AttributeError: on a public page, where nobody has been asked for."""
    identity: Identity = g.identity
    return identity


def identity_or_none() -> Identity | None:
    return g.get("identity") if has_request_context() else None


def current_actor() -> str:
    """The name that goes into the audit log."""
    identity = identity_or_none()
    return identity.name if identity else LOCAL_OPERATOR


def current_owner_id() -> int:
    """Whose library it is about."""
    return current_identity().user_id
