"""Files to import."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field, InstanceOf, WithJsonSchema
from werkzeug.datastructures import FileStorage

from blueprints.schemas.common import without_nul


def _named_plainly(file: FileStorage) -> FileStorage:
    without_nul(file.filename or "")
    return file


UploadedFile = Annotated[
    InstanceOf[FileStorage], AfterValidator(_named_plainly), WithJsonSchema({"type": "string", "format": "binary"})
]


class ImportForm(BaseModel):
    files: list[UploadedFile] = Field(
        description="Audio (mp3, flac, m4a, ogg, opus), lyrics (lrc, txt, srt), playlists (m3u, m3u8, xspf, csv, json)."
    )
