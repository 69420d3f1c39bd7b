"""Whether an address may be an endpoint's; it is asked again each time that something is sent there."""

from clients.public_address import MAX_URL_CHARS, Unresolved, parse, port_of, refused, resolve
from errors import InvalidInput
from extensions import current_settings


def check(url: str, *, field: str = "url") -> str:
    """The address as it will be kept and asked.

    :raise InvalidInput: naming the field, with the reason, if nothing may be sent there.
    """
    allow_private = current_settings().webhook_allow_private
    try:
        parsed = parse(url, allow_private=allow_private)
        kept = str(parsed.copy_with(fragment=None))
        if len(kept) > MAX_URL_CHARS:  # each letter beyond ASCII is kept as several characters
            raise refused(f"it must have at most {MAX_URL_CHARS} characters as it is sent; it has {len(kept)}")
        if not allow_private:
            resolve(parsed.raw_host.decode("ascii"), port_of(parsed), allow_private=False)
    except (InvalidInput, Unresolved) as e:
        raise InvalidInput(e.message, details={field: e.message}) from e
    return kept
