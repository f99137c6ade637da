"""Bytes -> clean text: one decoder and one cleaner for every reader."""

from __future__ import annotations

import codecs
import re
import unicodedata

BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
WIDE_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
# Names of Python's own codecs that no writer of a text means: they warn, or take the square of the length.
NO_CHARSETS = frozenset(("unicode-escape", "raw-unicode-escape", "unicode_escape", "raw_unicode_escape", "punycode", "idna", "undefined", "mbcs", "oem"))
HEAD = 8192  # bytes that are looked at
CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\x0b\f\r\x1b")
FEW_CONTROLS = 3  # in a short file
DAMAGED, NO_TEXT = 0.01, 0.1  # share of control bytes from which data with NUL, and data without, is no text; random bytes have 0.11
# Controls other than tab and newline, invisible format characters (bidi, zero width, tags, fillers) and code points that are
# no characters: they hide words from a reader of the report or from the classifier (Trojan Source, CVE-2021-42574).
UNWANTED = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    r"\ufdd0-\ufdef\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    + "".join(chr(plane * 0x10000 + last) for plane in range(1, 17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
UNWANTED_ASCII = bytes((*range(9), *range(14, 32), 127))
# A text of nothing but these needs no cleaning: signs of Western typography and letters that stand for themselves in NFC.
PLAIN = r"\t\n -~\u00a0-\u00ac\u00ae-\u02af\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2190-\u21ff\u2700-\u27bf"
NOT_PLAIN = re.compile(f"[^{PLAIN}]")
PAGE_BREAKS = str.maketrans("\x0b\x0c", "\n\n")  # which part words
SURROGATES = re.compile(r"[\ud800-\udfff]")
# Signs that Western prose in cp1252 hardly holds; text in another encoding read as cp1252 is full of them.
UNLIKELY = re.compile("[\x80-\x9f¡¤¦¨¬¯²³¸¹ƒˆ˜‡†‰ŠŽž]|[À-ÿ]{3}|[ÀÁÂÃÐÑ][^a-zà-ÿ\\s]")
# Putting marks on a letter in order takes the square of their number; a joiner, which is cleaned away, ends the run (Unicode's
# annex 15 asks for one after 30).
STACKED = re.compile(r"[^\w\s\x00-\x7f]{500}")
MAX_RUN = 200  # spaCy's tokenizer is quadratic on punctuation runs (its issue 14020); no word is this long


def looks_binary(data: bytes) -> bool:
    """True when the first 8 kB hold more control bytes than a text that was damaged here and there, and are no UTF-16 or UTF-32."""
    head = data[:HEAD]
    if head.startswith(WIDE_BOMS) or _wide(head):
        return False
    n_controls = len(head) - len(head.translate(None, CONTROLS))
    return n_controls > max(FEW_CONTROLS, len(head) * (DAMAGED if b"\0" in head else NO_TEXT))


def decode(data: bytes, declared: str = "") -> str:
    """Text of `data`: byte-order mark, then the declared encoding, then UTF-8, then detection, then cp1252. Never raises."""
    for bom, encoding in BOMS:
        if data.startswith(bom):
            return clean(data.decode(encoding, "replace"))
    for encoding in (_wide(data[:HEAD]), declared, "utf-8"):
        try:
            if encoding and codecs.lookup(encoding).name not in NO_CHARSETS:
                return clean(data.decode(encoding))
        except (LookupError, ValueError):
            continue
    damaged = data.decode("utf-8", "replace")
    n_lost = damaged.count("\ufffd")
    if len(damaged) - n_lost - len(damaged.encode("ascii", "ignore")) > n_lost:  # more signs of UTF-8 than bytes that are none
        return clean(damaged)
    from charset_normalizer import from_bytes

    try:  # bytes that are all letters and typographic signs in Windows text are that: short texts mislead detection
        western = data.decode("cp1252")
        if not UNLIKELY.search(western):
            return clean(western)
    except ValueError:
        pass
    guess = from_bytes(data[:200_000]).best()
    return clean(data.decode(guess.encoding if guess else "cp1252", "replace"))


def _wide(head: bytes) -> str:
    """UTF-16 of one or the other byte order where every second byte is mostly NUL, as in Western text without a mark; else ""."""
    n_even, n_odd, half = head[::2].count(0), head[1::2].count(0), len(head) // 2
    if n_odd > half * 0.7 and n_even < half * 0.1:
        return "utf-16-le"
    return "utf-16-be" if n_even > half * 0.7 and n_odd < half * 0.1 else ""


def clean(text: str) -> str:
    """`text` without control and invisible characters, line ends as newlines, surrogates as U+FFFD, NFC."""
    if text.isascii() and text.isprintable():
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\x0b" in text or "\x0c" in text:
        text = text.translate(PAGE_BREAKS)
    if text.isascii():
        return text.encode("ascii").translate(None, UNWANTED_ASCII).decode("ascii")
    if not NOT_PLAIN.search(text):
        return text
    text = STACKED.sub(lambda run: run.group() + "\u034f", text)
    text = unicodedata.normalize("NFC", SURROGATES.sub("\ufffd", text))
    return UNWANTED.sub("", text)


def squeeze(text: str) -> str:
    """One line: white space folded, runs of over 200 non-space characters cut."""
    words = text.split()
    text = " ".join(words)
    return " ".join(word[:MAX_RUN] for word in words) if len(text) >= MAX_RUN and len(max(words, key=len)) > MAX_RUN else text
