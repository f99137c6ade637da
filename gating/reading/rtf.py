"""RTF. The text by striprtf; headings, items, quotes and cells by marks that are set into the source before."""

from __future__ import annotations

import html
import re
import sys
from collections.abc import Iterator

from gating.reading.assembly import Parts
from gating.reading.blocks import SOURCE_POSITION, page_blocks
from gating.reading.outcome import Unread
from gating.reading.text import clean, squeeze

# Signs of the private use area travel through striprtf as text: a paragraph's kind, the end of a cell, a line end within a paragraph,
# and a link as LINK, its number, SHOWN, its words, LINK_END.
PLAIN, BULLETED, ITEM, QUOTE, TITLE, CELL, LINE, LINK, SHOWN, LINK_END = "\ue000\ue001\ue002\ue003\ue004\ue005\ue006\ue007\ue008\ue009"
WITHIN = frozenset((CELL, LINE, LINK, SHOWN, LINK_END))
HEADINGS = dict(enumerate("\ue011\ue012\ue013\ue014\ue015\ue016", 1))
MARKS = re.compile("[\ue000-\ue016]")
TAGS = {ITEM: "li", QUOTE: "blockquote", TITLE: "h1", **{mark: f"h{level}" for level, mark in HEADINGS.items()}}

TOKEN = re.compile(r"\\(?:[a-z]+ ?|.)|[{}]", re.DOTALL)
ADDRESS = re.compile(r'HYPERLINK\s{1,20}+"([^"{}\\]{1,2000})"')
INSTRUCTION = 3000  # characters; an address with the codes of its font
LINKED = re.compile(f"{LINK}(\\d{{1,6}}){SHOWN}([^{LINK}-{LINK_END}{CELL}]*)")
LINK_MARKS = re.compile(f"{LINK}\\d{{1,6}}{SHOWN}|[{LINK}-{LINK_END}]")

WORD = r"(?<!\\)\\"  # a control word's backslash; two of them are one in the text
PICTURE = re.compile(r"[0-9a-fA-F\r\n]{1000,}")
BULLET = re.compile(WORD + r"(?:listtext|pntext)(?![a-z0-9])")
UNSEEN = re.compile(WORD + r"(?:deleted|v)(?![a-z0-9-])")
CELL_END = re.compile(WORD + r"(?:nest)?cell(?![a-z0-9])")
LINE_END = re.compile(WORD + r"line(?![a-z0-9])")
PARAGRAPH = re.compile(WORD + r"(?:(pard)|s(\d{1,4})|outlinelevel(\d))(?![a-z0-9]) ?")
STYLE = re.compile(r"\{(?:\\\*)?((?:\\[a-z]+-?\d*[ \r\n]*)+)((?:[^{}\\;]|\\')*);\}")
FONT_TABLE = "\\fonttbl"
FONT = re.compile(r"\\f(\d{1,9})(?!\d)")
CHARSET = re.compile(r"\\fcharset(\d{1,3})(?!\d)")
FONTS_LENGTH = 100_000  # characters; Word writes under 20,000
UNICODE = re.compile(WORD + r"u(-?\d{5,}) ?")
NUMBER = re.compile(r"\\s(\d{1,4})(?![0-9])")
OUTLINE = re.compile(r"\\outlinelevel([0-5])(?![0-9])")
STYLE_NAMES = re.compile(r"(?i:(title)|heading ([1-6])|(list (?:bullet|number)[ 2-5]*|list paragraph)|((?:intense )?quote|quotations))\Z")
INFO = re.compile(r"\{\\(title|author|subject)\s+([^{}]{1,500})\}")
INFO_LENGTH, STYLES_LENGTH = 5000, 200_000  # characters; Word writes under 1,500 and 60,000


def rtf_parts(data: bytes, source: str) -> Parts:
    """The parts of an RTF file; `line` is the paragraph's number. Raises Unread when it does not begin as RTF does."""
    if not data.lstrip().startswith(b"{\\rtf"):
        raise Unread("not a readable RTF file (its first words are not {\\rtf)")
    text = MARKS.sub("", _decoded(data))
    info = {key: squeeze(clean(_plain("{\\rtf1 " + value + "}"))) for key, value in INFO.findall(_info(text))}
    text, addresses = _with_links(PICTURE.sub("", text))
    rows, title, heading = [], "", ""
    for n, (kind, content) in enumerate(_paragraphs(_plain(_marked(text))), 1):
        words = "" if CELL in content else LINK_MARKS.sub("", content).replace(LINE, " ")
        title = title or (words if kind == TITLE else "")
        heading = heading or (words if kind == HEADINGS[1] else "")
        rows.append(_row(kind, content, n, addresses))
    metadata = (("author", info["author"]),) if info.get("author") else ()
    return Parts(source, page_blocks("\n".join(rows)), title=title or heading or info.get("title", ""), description=info.get("subject", ""), metadata=metadata)


def _decoded(data: bytes) -> str:
    """RTF is ASCII by its rules; what breaks them is UTF-8 or Windows text."""
    try:
        return data.decode()
    except ValueError:
        return data.decode("cp1252", "replace")


def _info(text: str) -> str:
    start = text.find("{\\info")
    return text[start : start + INFO_LENGTH] if start >= 0 else ""


def _plain(text: str) -> str:
    from striprtf.striprtf import rtf_to_text

    try:
        plain = str(rtf_to_text(UNICODE.sub(_known_sign, _with_plain_fonts(text)), errors="replace"))  # type: ignore[no-untyped-call]
    except (ValueError, LookupError, TypeError) as error:  # a character code or code page that there is not
        raise Unread(f"not a readable RTF file ({error})") from error
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")  # a sign beyond 16 bits is written as two halves


def _known_sign(found: re.Match[str]) -> str:
    return found.group() if len(found[1]) < 8 and -0x8000 <= int(found[1]) <= sys.maxunicode else "\\u65533 "


def _with_plain_fonts(text: str) -> str:
    """The source with one table of its fonts that holds their numbers and character sets only: striprtf's pattern for a table takes
    the fourth power of its length. The tables themselves become tables of colours, which it passes over, too.
    """
    start = text.find(FONT_TABLE)
    if start < 0:
        return text
    entries = text[start : start + FONTS_LENGTH].split(";")
    fonts = {font[1]: charset[1] for entry in entries if (charset := CHARSET.search(entry)) and (font := FONT.search(entry))}
    table = "".join(f"{{\\f{number}\\fcharset{charset} a;}}" for number, charset in fonts.items())
    return text[:start] + "{" + FONT_TABLE + table + "}" + text[start:].replace(FONT_TABLE, "\\colortbl")


def _with_links(text: str) -> tuple[str, list[str]]:
    """The source with our marks around what each link shows, and the addresses by their number. A field is an address, then its result."""
    if "HYPERLINK" not in text:
        return text, []
    parts, addresses, address, done = [], list[str](), "", 0
    depth, opened = 0, list[int]()  # the depths of the groups that show a link
    for token in TOKEN.finditer(text):
        said = token.group().rstrip()
        if said == "{":
            depth += 1
        elif said == "}":
            if opened and depth == opened[-1]:
                parts += [text[done : token.start()], LINK_END]
                done = token.start()
                opened.pop()
            depth -= 1
        elif said == "\\fldinst":
            found = ADDRESS.search(text[token.end() : token.end() + INSTRUCTION].partition("\\fldrslt")[0])
            address = found[1] if found else ""
        elif said == "\\fldrslt" and address:
            parts += [text[done : token.start()], f"\\fldrslt {LINK}{len(addresses)}{SHOWN}"]
            done = token.end()
            opened.append(depth)
            addresses.append(address)
            address = ""
    return "".join([*parts, text[done:]]), addresses


def _marked(text: str) -> str:
    """The source with our marks. Bullets, deleted and hidden words become groups that striprtf passes over, addresses of links too."""
    kinds = _styles(text)
    text = text.replace("\\fldinst", "\\fldtype")  # striprtf would write each address into the text
    text = BULLET.sub(lambda _: f" {BULLETED}\\pntext", text)
    text = UNSEEN.sub(lambda _: "\\atnid", text)
    text = CELL_END.sub(CELL, text)
    text = LINE_END.sub(LINE, text)

    def mark(found: re.Match[str]) -> str:
        pard, style, outline = found.groups()
        kind = PLAIN if pard else kinds.get(style, "") if style else HEADINGS.get(int(outline) + 1, "")
        return f"{found.group().rstrip()} {kind}"

    return PARAGRAPH.sub(mark, text)


def _styles(text: str) -> dict[str, str]:
    """The mark of each style number that is a title, heading, list or quote by name, or a heading by its outline level."""
    start = text.find("{\\stylesheet")
    if start < 0:
        return {}
    kinds = {}
    for words, name in STYLE.findall(text[start : start + STYLES_LENGTH]):
        number, outline, named = NUMBER.search(words), OUTLINE.search(words), STYLE_NAMES.match(name.strip())
        if number and named:
            title, level, item, _ = named.groups()
            kinds[number[1]] = TITLE if title else HEADINGS[int(level)] if level else ITEM if item else QUOTE
        elif number and outline:
            kinds[number[1]] = HEADINGS[int(outline[1]) + 1]
    return kinds


def _paragraphs(text: str) -> Iterator[tuple[str, str]]:
    """(mark, words) for each paragraph. A kind holds until \\pard takes it back, an item's bullet for its own paragraph."""
    kind = PLAIN
    for line in text.split("\n"):
        marks = [mark for mark in MARKS.findall(line) if mark not in WITHIN]
        kind = next((mark for mark in reversed(marks) if mark != BULLETED), kind)
        words = "".join(sign for sign in line if sign in WITHIN or not MARKS.match(sign))
        if LINK_MARKS.sub("", words).strip(f"{CELL}{LINE} \t"):
            yield (ITEM if BULLETED in marks and kind == PLAIN else kind), words


def _row(kind: str, content: str, n: int, addresses: list[str]) -> str:
    place = f'{SOURCE_POSITION}="{n}:1"'
    inner = LINKED.sub(lambda found: _link(found, addresses), html.escape(content.strip()))
    inner = LINK_MARKS.sub("", inner).replace(LINE, "<br>")
    if CELL in inner:
        cells = "".join(f"<td>{cell.strip()}</td>" for cell in inner.removesuffix(CELL).split(CELL))
        return f"<table><tr {place}>{cells}</tr></table>"
    tag = TAGS.get(kind, "p")
    row = f"<{tag} {place}>{inner}</{tag}>"
    return f"<ul>{row}</ul>" if tag == "li" else row


def _link(found: re.Match[str], addresses: list[str]) -> str:
    number, words = int(found[1]), found[2]
    return f'<a href="{html.escape(addresses[number])}">{words}</a>' if number < len(addresses) and words.strip() else words
