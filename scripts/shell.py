"""The groups of commands of `flask`, imported when one of them is wanted: a web server runs none."""

import click
from werkzeug.utils import import_string


class LateGroup(click.Group):
    """The group that `path` (`module:name`) names; `short_help` stands in the list of groups."""

    def __init__(self, path: str, short_help: str) -> None:
        super().__init__(path.rpartition(":")[2], short_help=short_help, help=short_help)
        self._path = path

    def _group(self) -> click.Group:
        group: click.Group = import_string(self._path)
        return group

    def list_commands(self, ctx: click.Context) -> list[str]:
        return self._group().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return self._group().get_command(ctx, cmd_name)


GROUPS: tuple[click.Group, ...] = (
    LateGroup("scripts.library_commands:library", "Songs and playlists."),
    LateGroup("scripts.episode_commands:episodes", "Recordings, and what is made of them."),
    LateGroup("scripts.footage_commands:footage", "Clips of raw material, and what is made of them."),
    LateGroup("scripts.access_commands:users", "People who can sign in."),
    LateGroup("scripts.access_commands:keys", "API keys, for programs."),
    LateGroup("flask_migrate.cli:db", "Perform database migrations."),
)
