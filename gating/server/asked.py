"""What is asked of the server: drafts as JSON, or files; and what is wished beside the record."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import msgspec
from msgspec import Meta

from gating.errors import did_you_mean
from gating.reading.text import clean
from gating.server.around import Around
from gating.settings import POLICIES

MAX_PIECES = 1000  # of one request; a library goes to `gating audit`
QUICK_CHARACTERS = 500_000  # of a single draft; a longer one waits with the files
MAX_NAME = 200  # characters of a file's name
NAMES = {  # what a body without a name is called, by its type
    "text/plain": "draft.txt",
    "text/markdown": "draft.md",
    "text/x-markdown": "draft.md",
    "text/html": "draft.html",
    "application/xhtml+xml": "draft.html",
    "application/pdf": "draft.pdf",
    "application/rtf": "draft.rtf",
    "text/rtf": "draft.rtf",
    "text/csv": "pieces.csv",
    "text/tab-separated-values": "pieces.tsv",
    "application/x-ndjson": "pieces.jsonl",
    "application/jsonl": "pieces.jsonl",
    "application/xml": "export.xml",
    "text/xml": "export.xml",
    "application/rss+xml": "export.xml",
    "application/atom+xml": "export.xml",
    "application/zip": "pieces.zip",
    "application/epub+zip": "draft.epub",
    "message/rfc822": "draft.eml",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "draft.docx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "draft.pptx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "pieces.xlsx",
    "application/vnd.oasis.opendocument.text": "draft.odt",
    "application/octet-stream": "upload",  # its first bytes say what it is
    "": "upload",
}
QUERY = ("explain", "flips", "policy", "name")  # what an address may hold
UNKNOWN_FIELD = re.compile(r"unknown field `(.+?)`(?: - at `(.+?)`)?")
YES, NO = ("true", "1", "yes"), ("false", "0", "no")


class Refusal(Exception):
    """A request that is not answered with records: HTTP status, a code for programs, a sentence for people."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.headers = status, code, message, dict(headers or {})


class Draft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One draft: its text in exactly one of `text`, `markdown` and `html`, and what is known of it."""

    text: Annotated[str | None, Meta(description="Plain text; Markdown marks are read, indentation means nothing.")] = None
    markdown: Annotated[str | None, Meta(description="Markdown, with or without front matter.")] = None
    html: Annotated[str | None, Meta(description="A web page, or a part of one.")] = None
    title: Annotated[str, Meta(description="Goes before the title that the text gives itself.")] = ""
    url: str = ""
    description: Annotated[str, Meta(description="The meta description or summary.")] = ""
    id: Annotated[str, Meta(description="Comes back in the record; without it one is made from the text.")] = ""
    around: Annotated[Around | None, Meta(description="Of a draft that was made from a file: what its record had in `around`.")] = None

    @property
    def content(self) -> tuple[str, str]:
        """(the text, the ending of a file that would hold it)."""
        if self.html is not None:
            return self.html, ".html"
        return (self.markdown, ".md") if self.markdown is not None else (self.text or "", ".txt")


class Asked(Draft, frozen=True, forbid_unknown_fields=True):
    """A request: one draft, or `pieces`; `explain`, `flips` and `policy` are for all of them."""

    pieces: Annotated[list[Draft], Meta(max_length=MAX_PIECES, description="Several drafts instead of one.")] | None = None
    explain: Annotated[bool, Meta(description="Adds the blocks of the text, the places of the quotes in them, and the words for the gate score.")] = False
    flips: Annotated[bool, Meta(description="Adds what would flip each label, found by scoring some thirty changed texts: a second or two. Means `explain`, too.")] = False
    policy: Annotated[str, Meta(description=f"One of {', '.join(POLICIES)}; goes before the settings of the server.")] = ""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Wish:
    """What stands in the answer beside the record, and under which policy; the server's own when empty."""

    explain: bool = False
    flips: bool = False
    policy: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """Everything that is to be scored for one request."""

    drafts: tuple[Draft, ...]
    uploads: tuple[Upload, ...]
    wish: Wish
    one: bool = False  # a single draft, which is answered by its record alone

    @property
    def is_quick(self) -> bool:
        """True for what takes a moment: one draft of a usual length, scored once."""
        return self.one and not self.wish.flips and len(self.drafts[0].content[0]) <= QUICK_CHARACTERS


def order_of_json(body: bytes, wished: Wish) -> Order:
    """The order that a JSON body makes. Raises Refusal where it is not such a body."""
    try:
        asked = msgspec.json.decode(body, type=Asked)
    except (msgspec.ValidationError, RecursionError) as error:
        raise Refusal(422, "wrong_fields", f"The JSON is not what is expected here: {error}{_nearest_field(str(error)) or '.'} /openapi.json describes it.") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refusal(400, "bad_json", f"The body is not valid JSON ({error}).") from None
    wish = Wish(asked.explain or wished.explain, asked.flips or wished.flips, _policy(asked.policy or wished.policy))
    if asked.pieces is None:
        _check(asked, "")
        return Order((asked,), (), wish, one=True)
    if any(given is not None for given in (asked.text, asked.markdown, asked.html)):
        raise Refusal(422, "wrong_fields", "Give either one draft or `pieces`, not both.")
    for number, piece in enumerate(asked.pieces):
        _check(piece, f" of pieces[{number}]")
    return Order(tuple(asked.pieces), (), wish)


def order_of_files(files: list[tuple[str, bytes]], wish: Wish) -> Order:
    """The order that uploaded files make. Raises Refusal when there is none, or an empty one."""
    if not files:
        raise Refusal(400, "no_file", "The form holds no file. Send at least one file part, such as curl -F file=@draft.docx.")
    uploads = tuple(Upload(plain_file_name(name), data) for name, data in files)
    for upload in uploads:
        if not upload.data.strip():
            raise Refusal(400, "empty_body", f"{upload.name} is empty.")
    return Order((), uploads, wish)


def name_for(given: str, media_type: str) -> str:
    """What a body is called: as the sender says, else by its type. Raises Refusal for a type that no reader knows."""
    if given:
        return given
    kind = media_type.partition(";")[0].strip().lower()
    if kind not in NAMES:
        raise Refusal(415, "unknown_type", f"No reader for {kind[:80]}. Give the file's name (?name=draft.docx), by which it is known as well.")
    return NAMES[kind]


def wish_of_query(query: Mapping[str, str]) -> Wish:
    """What the address asks for. Raises Refusal for what is not known here."""
    unknown = sorted(set(query) - set(QUERY))
    if unknown:
        raise Refusal(422, "wrong_query", f"Unknown in the address: {unknown[0][:80]}{did_you_mean(unknown[0], QUERY) or '.'} Known are explain, flips, policy and name.")
    return Wish(_flag(query, "explain"), _flag(query, "flips"), _policy(query.get("policy", "")))


def plain_file_name(name: str) -> str:
    """The last part of a path, on one line, with its ending."""
    last = " ".join(clean(name.replace("\\", "/")).split()).rpartition("/")[2].strip()
    stem, ending = os.path.splitext(last)
    return f"{stem[: MAX_NAME - len(ending)]}{ending}" if last not in ("", ".", "..") and len(ending) < 20 else "upload"


def _check(draft: Draft, where: str) -> None:
    if sum(given is not None for given in (draft.text, draft.markdown, draft.html)) != 1:
        raise Refusal(422, "wrong_fields", f"Exactly one of `text`, `markdown` and `html`{where} must hold the draft.")


def _nearest_field(problem: str) -> str:
    """What was probably meant by the unknown field of which msgspec speaks."""
    found = UNKNOWN_FIELD.search(problem)
    return did_you_mean(found[1], (Draft if found[2] else Asked).__struct_fields__) if found else ""


def _flag(query: Mapping[str, str], name: str) -> bool:
    value = query.get(name, "false").lower()
    if value not in YES + NO:
        raise Refusal(422, "wrong_query", f"{name} must be true or false.")
    return value in YES


def _policy(name: str) -> str:
    if name and name not in POLICIES:
        raise Refusal(422, "wrong_policy", f"policy must be one of {', '.join(POLICIES)}{did_you_mean(name, POLICIES) or '.'}")
    return name
