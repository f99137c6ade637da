"""Bytes -> clean text: one decoder and one cleaner for every reader."""

from __future__ import annotations

import codecs
import re
import unicodedata

BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
# Controls other than tab and newline, lone surrogates, and invisible format characters (bidi, zero width, tags): they hide
# words from a reader of the report or from the classifier (Trojan Source, CVE-2021-42574).
UNWANTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")
SURROGATES = re.compile(r"[\ud800-\udfff]")
# Signs that Western prose in cp1252 hardly holds; text in another encoding read as cp1252 is full of them.
UNLIKELY = re.compile("[\x80-\x9f¡¤¦¨¬¯²³¸¹ƒˆ˜‡†‰ŠŽž]|[À-ÿ]{3}|[ÀÁÂÃÐÑ][^a-zà-ÿ\\s]")
MAX_RUN = 200  # spaCy's tokenizer is quadratic on punctuation runs (its issue 14020); no word is this long
LONG_RUN = re.compile(rf"\S{{{MAX_RUN},}}")


def looks_binary(data: bytes) -> bool:
    """True when the first 8 kB hold NUL bytes without a UTF-16/32 mark, as no text file does."""
    head = data[:8192]
    return b"\0" in head and not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE))


def decode(data: bytes, declared: str = "") -> str:
    """Text of `data`: byte-order mark, then the declared encoding, then UTF-8, then detection, then cp1252. Never raises."""
    for bom, encoding in BOMS:
        if data.startswith(bom):
            return clean(data.decode(encoding, "replace"))
    for encoding in (declared, "utf-8"):
        try:
            if encoding:
                return clean(data.decode(encoding))
        except (LookupError, ValueError):
            continue
    from charset_normalizer import from_bytes

    try:  # bytes that are all letters and typographic signs in Windows text are that: short texts mislead detection
        western = data.decode("cp1252")
        if not UNLIKELY.search(western):
            return clean(western)
    except ValueError:
        pass
    guess = from_bytes(data[:200_000]).best()
    return clean(data.decode(guess.encoding if guess else "cp1252", "replace"))


def clean(text: str) -> str:
    """`text` without control and invisible characters, line ends as newlines, surrogates as U+FFFD, NFC."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isascii():
        text = unicodedata.normalize("NFC", SURROGATES.sub("\ufffd", text))
    return UNWANTED.sub("", text)


def squeeze(text: str) -> str:
    """One line: white space folded, runs of over 200 non-space characters cut."""
    text = " ".join(text.split())
    return LONG_RUN.sub(lambda run: run.group()[:MAX_RUN], text) if len(text) >= MAX_RUN else text
