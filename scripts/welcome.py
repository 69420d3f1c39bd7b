"""`python -m scripts.welcome`: as long as nobody has a login, print a link by which the first admin is made."""

from core import create_core
from extensions import current_settings
from services.access import links, openness, people


def line() -> str:
    """What to say once Backbeat is up; empty where there is nothing to say."""
    settings = current_settings()
    if people.anybody():
        return ""
    link = f"{settings.base_url}/welcome/{links.first_person_link()}"
    if not openness.is_open():
        return f"To make the first admin, open this link, which works once within a day: {link}"
    return (
        "Backbeat is open to everybody on this machine; to ask for sign-in, or before you put it on a network, "
        f"make the first admin: {link}"
    )


def main() -> None:
    with create_core().app_context():
        if said := line():
            print(said, flush=True)


if __name__ == "__main__":
    main()
