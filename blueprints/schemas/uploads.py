"""The headers by which uploads are spoken of (tus 1.0.0, https://tus.io/protocols/resumable-upload)."""

from pydantic import BaseModel, Field


class Resumable(BaseModel):
    version: str = Field(alias="Tus-Resumable", description="Always `1.0.0`.")


class Checked(Resumable):
    checksum: str | None = Field(
        default=None,
        alias="Upload-Checksum",
        description="Of the piece: `sha1`, `sha256` or `md5`, a blank, and the checksum in Base64.",
    )


class Creation(Checked):
    length: int = Field(alias="Upload-Length", ge=0, description="How many bytes the file has.")
    metadata: str = Field(
        default="",
        alias="Upload-Metadata",
        description="`filename`, and maybe `title`, `id` and `purpose` (`episode`, `footage` or `video`; footage may "
        "have a `description`, `keywords` and a `source_url`, but no `id`; a video a `tenant_id` and the `sha256` of "
        "the whole file): each name, a blank, and the value in Base64, with commas.",
    )


class Piece(Checked):
    offset: int = Field(alias="Upload-Offset", ge=0, description="Where the piece begins.")
