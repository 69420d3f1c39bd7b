"""What goes wrong with backups."""

from errors import BackbeatError


class BackupError(BackbeatError):
    """A backup could not be made or used; the message says why, and what to do."""

    code = "backup_failed"
