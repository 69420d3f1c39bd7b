"""What a file really holds, by its first bytes."""

HEAD_BYTES = 4096

FLAC = "FLAC audio"
OGG_VORBIS = "Ogg Vorbis audio"
OGG_OPUS = "Ogg Opus audio"
MP4 = "an MP4 file"

# (offset, bytes, what it is); the first match counts.
_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (0, b"\xff\xd8\xff", "a JPEG image"),
    (0, b"GIF87a", "a GIF image"),
    (0, b"GIF89a", "a GIF image"),
    (8, b"WEBP", "a WebP image"),
    (8, b"WAVEfmt", "WAV audio"),
    (8, b"AVI LIST", "an AVI video"),
    (0, b"%PDF-", "a PDF document"),
    (0, b"PK\x03\x04", "a ZIP archive"),
    (0, b"PK\x05\x06", "a ZIP archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (0, b"Rar!\x1a\x07", "a RAR archive"),
    (0, b"\x1f\x8b\x08", "a gzip archive"),
    (257, b"ustar", "a tar archive"),
    (0, b"\x7fELF", "a program"),
    (0, b"MZ\x90\x00", "a program"),
    (0, b"SQLite format 3\x00", "a SQLite database"),
    (0, b"\x1a\x45\xdf\xa3", "a Matroska or WebM video"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "Windows Media"),
    (8, b"AIFF", "AIFF audio"),
    (0, b"MThd", "a MIDI file"),
    (0, b"fLaC", FLAC),
    (4, b"ftyp", MP4),
)
_HTML_STARTS = (b"<!doctype html", b"<html")


def describe(head: bytes) -> str | None:
    """What a file with this beginning holds, in words for people; None for text, MP3 and what is not known."""
    for offset, signature, label in _SIGNATURES:
        if head.startswith(signature, offset):
            return label
    if head.startswith(b"OggS"):
        return _describe_ogg(head)
    start = head[:200].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return "an HTML page" if start.startswith(_HTML_STARTS) else None


def _describe_ogg(head: bytes) -> str:
    if b"OpusHead" in head[:64]:
        return OGG_OPUS
    return OGG_VORBIS if b"\x01vorbis" in head[:64] else "an Ogg stream of another kind"
