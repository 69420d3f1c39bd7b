"""Whether others can reach this Backbeat, and what that asks for."""

from config import LOOPBACK_HOSTS, Settings


def exposed_by(settings: Settings) -> str:
    """The settings by which others can reach it, as they were given; empty if none does."""
    given = []
    if settings.host not in LOOPBACK_HOSTS:
        given.append(f"HOST={settings.host!r}")
    if settings.public_url:
        given.append(f"PUBLIC_URL={settings.public_url!r}")
    if settings.allowed_hosts:
        given.append(f"ALLOWED_HOSTS={','.join(settings.allowed_hosts)!r}")
    if settings.trusted_proxies:
        given.append(f"TRUSTED_PROXIES={settings.trusted_proxies}")
    return " and ".join(given) if not settings.is_local else ""


def warnings(settings: Settings) -> list[str]:
    """What whoever starts it should know, each in one line."""
    if settings.is_local or settings.is_encrypted:
        return []
    return [
        f"Warning: {exposed_by(settings)} lets others reach Backbeat, and without TLS they can read passwords and keys "
        "on the way; put a proxy that speaks TLS in front and set PUBLIC_URL to its https:// address (see SECURITY.md)."
    ]
