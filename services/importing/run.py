"""One run of an import, as its parts share it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog
from sqlalchemy.orm import Session

from errors import InvalidInput
from services.importing.incoming import ImportWork
from services.importing.kinds import Kind
from services.importing.ledger import Ledger
from services.importing.locations import BatchIndex
from services.importing.report import Item
from services.library.songs import SongDraft, upsert_draft

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Run:
    """Whose library it is, who is told and asked, and what is known so far."""

    owner_id: int
    work: ImportWork
    ledger: Ledger
    max_audio_bytes: int
    index: BatchIndex = field(default_factory=BatchIndex)

    def save(self, effects: Callable[[Session], Sequence[Item]]) -> Sequence[Item]:
        """Do something and write down what became of it, in one transaction; count it once that is committed."""
        with self.work.saving() as session:
            items = effects(session)
            self.ledger.write(session, items)
        self.ledger.remember(items)
        for item in items:
            if item.outcome == "refused":
                log.info("file_refused", name=item.name, code=item.code, reason=item.reason)
        return items

    def upsert(self, session: Session, name: str, kind: Kind, draft: SongDraft) -> Item:
        """Take a song over, or refuse it for what the library does not accept."""
        try:
            song_id, outcome = upsert_draft(session, self.owner_id, draft)
        except InvalidInput as e:
            return Item(name, "refused", kind, code=e.code, reason=f"“{name}”: {e.message}")
        return Item(name, outcome, kind, song_id=song_id)
