"""Text is read in the encoding that it is in, or refused where that is not clear."""

import codecs

import pytest

from services.importing.decoding import decode
from services.importing.incoming import Refused

FRENCH = "À la claire fontaine,\nm'en allant promener,\nj'ai trouvé l'eau si belle\nque je m'y suis baigné\n"
JAPANESE = "さくら さくら\n野山も里も\n見わたす限り\nかすみか雲か\n朝日ににおう\n"
RUSSIAN = "Во поле берёза стояла,\nВо поле кудрявая стояла\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (FRENCH, "utf-8"),
        (FRENCH, "utf-8-sig"),
        (FRENCH, "utf-16"),
        (FRENCH, "utf-32"),
        (FRENCH, "latin-1"),
        ("Don’t you weep — no\n", "cp1252"),
        (JAPANESE, "utf-16"),
        (JAPANESE, "shift_jis"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        ("好一朵美丽的茉莉花\n好一朵美丽的茉莉花\n芬芳美丽满枝桠\n", "gb18030"),
        ("好一朵美麗的茉莉花\n芬芳美麗滿枝椏\n", "big5"),
        ("아리랑 아리랑 아라리요\n아리랑 고개로 넘어간다\n", "euc-kr"),
        ("Žluťoučký kůň úpěl ďábelské ódy\n", "cp1250"),
    ],
)
def test_it_reads_text_in_the_encoding_that_it_is_in(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding), name="x.txt") == text


def test_it_reads_utf16_of_the_other_byte_order() -> None:
    assert decode(codecs.BOM_UTF16_BE + FRENCH.encode("utf-16-be"), name="x.txt") == FRENCH


def test_it_finds_the_few_telling_lines_of_a_long_text() -> None:
    text = "la la la la la\n" * 50_000 + FRENCH
    assert decode(text.encode("latin-1"), name="x.txt") == text


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("さくら\n".encode("euc-jp"), "unclear_encoding"),
        (bytes(range(0x80, 0x100)) * 3, "unclear_encoding"),
        (b"a\x00b", "binary"),
        (FRENCH.encode("utf-16-le"), "binary"),
        (codecs.BOM_UTF16_LE + "a\x00b".encode("utf-16-le"), "binary"),
        (b"\x01\x02\x03 text", "binary"),
        (codecs.BOM_UTF8 + b"caf\xe9", "bad_encoding"),
        (codecs.BOM_UTF16_LE + b"a", "bad_encoding"),
    ],
)
def test_it_refuses_what_is_no_text_or_not_clear(data: bytes, code: str) -> None:
    with pytest.raises(Refused, match=r"“x\.txt”") as refusal:
        decode(data, name="x.txt")
    assert refusal.value.code == code
