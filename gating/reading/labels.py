"""Labels as people write them: which columns hold one, what their values mean, and which labels a person gave for which piece."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from gating.errors import SourceError, nearest, shortly
from gating.reading.aliases import find_columns, plain_name
from gating.reading.gates import GATE_KEYS
from gating.reading.ignores import unclear_in
from gating.reading.outcome import Row, Unread
from gating.reading.sources import Source, read_bytes
from gating.reading.text import squeeze
from gating.reading.urls import ROW, normal_url
from gating.records import HEADS, LABELS, Piece
from gating.settings import Settings

Given = tuple[tuple[str, str], ...]  # (head, label)
FIELD_OF = {"strategy": "strategy", "stage": "stage", "gate": "gate", "format": "type"}  # what --map calls the column of a label
TABLES = (".csv", ".tsv", ".xlsx", ".xlsm", ".json", ".jsonl", ".ndjson")
# Columns that are plainly a label: a value that is none is a mistake to be told. Surest first.
LABEL_COLUMNS: dict[str, tuple[str, ...]] = {
    "strategy": ("strategy", "content strategy", "demand or lead", "demand or lead gen", "demand vs lead", "demand lead", "demand gen or lead gen",
                 "demand gen lead gen", "gen type"),
    "stage": ("stage", "funnel stage", "buying stage", "primary buying stage", "buyer stage", "buyers stage", "buyer s stage", "buying phase", "buying journey", "buyer journey",
              "buyers journey", "buyer s journey", "buying journey stage", "buyer journey stage", "buyers journey stage", "buyer s journey stage", "customer journey",
              "customer journey stage", "journey stage", "journey phase", "funnel", "funnel phase", "funnel level", "funnel position", "marketing funnel", "marketing funnel stage",
              "content stage", "awareness stage", "awareness level", "stage of awareness"),
    "gate": ("gate", "gate advice", "advised gate", "recommended gate", "gate recommendation", "gating advice", "gating recommendation", "should be gated", "gate it"),
    "format": ("format", "content format", "asset format"),
}  # fmt: skip
# Columns that often hold something else: a value counts where it is a label and is left alone where it is not. "Gated" is here and
# "access" is nowhere: the first is what many call their label, though in an export it tells today's gate.
LOOSE_COLUMNS: dict[str, tuple[str, ...]] = {
    "strategy": ("goal", "objective", "content goal", "content objective", "campaign goal", "campaign objective", "motion"),
    "stage": ("lifecycle stage", "lifecycle", "buyer intent", "intent"),
    "gate": ("gated", "is gated", "gated?"),
    "format": ("type", "content type", "asset type", "piece type"),
}
OWN_COLUMNS = ("gating {}", "{} label", "label {}", "labels {}")  # nested keys come as "gating.stage"
TODAYS_GATE = frozenset(LOOSE_COLUMNS["gate"])
OWN_KEYS = (*HEADS, "ignore", "reason")  # under `gating:` in front matter
QUOTED = re.compile(r"\A'(?=\s*[=+\-@\uff1d\uff0b\uff0d\uff20])")  # our own tables write a quote before what a spreadsheet would run
SOURCE_COLUMNS = ("source", "file", "path", "file name", "filename")
# What people write, without the words of FILLER. The labels themselves need no entry.
VALUES: dict[str, dict[str, str]] = {
    "strategy": {
        "demand-gen": "demand, demand generation, demandgen, dg, create demand, demand creation, brand, brand awareness, branding",
        "lead-gen": "lead, leads, lead generation, leadgen, lg, capture demand, demand capture, lead capture, leads generation, conversion",
    },
    "stage": {
        "awareness": "aware, tofu, tof, top, upper, top tofu, problem aware, problem awareness, problem unaware, unaware, attract, discover, discovery, early, learn, "
                     "education, problem",
        "consideration": "consider, considering, mofu, mof, middle, mid, middle mofu, solution aware, solution awareness, evaluation, evaluate, evaluating, engage, comparison, "
                         "compare, research, solution",
        "decision": "decide, deciding, bofu, bof, bottom, lower, bottom bofu, product aware, product awareness, most aware, purchase, buy, buying, convert, conversion, close, "
                    "late, vendor selection, selection, product, action, "
                    "customer, retention, onboarding, expansion, adoption, post purchase, post sale",  # after the sale: RUBRIC P9
    },
    "gate": {
        "ungated": "no, false, n, 0, open, free, public, none, no gate, no form, not gated, ungate, un gated, open access, freely available",
        "soft-gate": "soft, soft gated, softgate, semi gated, partial, partially gated, partly gated, optional, optional form, form optional, hybrid, light gate",
        "gated": "yes, true, y, 1, gate, form, hard gate, hard gated, fully gated, full gate, form required, requires form, behind a form, behind form, registration, "
                 "registration required",
    },
    "format": {
        "article": "blog, blog post, blog article, blogpost, post, opinion, explainer, news article, thought leadership, interview",
        "guide": "how to guide, pillar page, pillar, how to, guides, buyers guide, buyer's guide, buying guide",
        "tutorial": "walkthrough, step by step",
        "ebook": "e book, white paper, whitepaper, white papers, ebooks, handbook, workbook",
        "report": "research report, survey, benchmark, benchmark report, research, study, industry report",
        "webinar": "webinars, event, on demand webinar, webinar recording, virtual event, video webinar",
        "case-study": "case studies, casestudy, customer story, customer stories, success story, testimonial",
        "comparison": "comparison page, versus, vs page, alternatives page, alternatives",
        "pricing": "pricing page, price list, plans",
        "product": "product page, feature page, solution page, datasheet, data sheet, product brief",
        "conversion": "landing page, sign up page, signup page, demo page, contact page, form page, thank you page, lp",
        "docs": "documentation, doc, help article, knowledge base, kb article, api reference",
        "news": "press release, announcement, company news, release notes, pr",
        "tool": "calculator, quiz, assessment, grader, interactive tool",
        "other": "template, checklist, podcast, infographic, newsletter, video",
    },
}  # fmt: skip
FILLER = frozenset("stage phase content asset assets piece funnel of the level buyer buyers reader".split())
PART = re.compile(r"[/|:;,()\[\]&+—→]|\s[-–]\s")
SIGNS = re.compile(r"[^a-z0-9]+")


def label_of(head: str, written: str) -> str:
    """The label that `written` means; "" for a blank cell, and for a marketer's own word for a format.

    Raises ValueError with a sentence for what is no label, or names two ("awareness/decision").
    """
    if not SIGNS.sub("", written.lower()):
        return ""
    known = _known(head)
    whole = known.get(_plain(written))
    parts = [part for part in map(_plain, PART.split(written.lower())) if part and not part.isdigit()]
    meant = {known.get(part, "") for part in parts} if whole is None else {whole}
    if len(meant) == 1 and (label := meant.pop()):
        return label
    if head == "format":
        return ""
    said = f"{head} {shortly(written)!r}"
    raise ValueError(f"{said} names two labels; one is needed" if len(meant - {""}) > 1 else f"{said} is not one of {', '.join(LABELS[head])}")


def labels_in(values: Mapping[str, str], mapping: Mapping[str, str], loose: bool = True) -> dict[str, str]:
    """{head: label} of a row's columns or a file's front matter, only heads that have one. `mapping` (the user's --map) goes first;
    without `loose` only columns that are plainly a label count. Raises ValueError for a value that is no label.
    """
    by_name = {plain_name(name): value for name, value in values.items() if value.strip()}
    found = {}
    for head in HEADS:
        wanted = mapping.get(FIELD_OF[head])
        names = (plain_name(wanted),) if wanted else (*(own.format(head) for own in OWN_COLUMNS), *LABEL_COLUMNS[head])
        name = next((name for name in names if name in by_name), "")
        label = label_of(head, by_name[name]) if name else ""
        if not name and not wanted and loose:
            label = next((label for column in LOOSE_COLUMNS[head] if column in by_name and (label := _if_label(head, by_name[column]))), "")
        if label:
            found[head] = label
    return found


def labels_in_front_matter(piece: Piece) -> dict[str, str]:
    """What a file's front matter says under `gating:`, which nobody writes but for us. Values that are no label are left alone
    (`with_unclear` names them). A row of a table is no such file.
    """
    return {head: label for head, written in _own_front_matter(piece) if (label := _if_label(head, written))}


def with_unclear(piece: Piece) -> Piece:
    """The piece with a sentence among its limits for each value under `gating:` that is no label, each key there that is nearly one of ours,
    and each thing to ignore that is none.
    """
    wrong = [(head, written) for head, written in _own_front_matter(piece) if not _if_label(head, written)]
    said = tuple(f"gating.{head} {shortly(written)!r} in the front matter is not one of {', '.join(LABELS[head])}" for head, written in wrong)
    said = (*said, *_nearly_ours(piece), *unclear_in(piece))
    return replace(piece, limits=tuple(dict.fromkeys(piece.limits + said))) if said else piece


def _nearly_ours(piece: Piece) -> Iterator[str]:
    """A sentence for each key under `gating:` that does nothing and is nearly one that does, or another word for it. What else stands there
    is the site's own, such as `gating: {form: 77}`.
    """
    for name, value in () if ROW.search(piece.source) else piece.metadata:
        key = name.removeprefix("gating.")
        if key == name or key in OWN_KEYS or key in GATE_KEYS:
            continue
        near = _other_words().get(plain_name(key)) or nearest(key, OWN_KEYS)
        if near and (near not in HEADS or _if_label(near, value)):
            yield f'gating knows no "gating.{shortly(key)}" in the front matter; did you mean "{near}"?'


def _own_front_matter(piece: Piece) -> Iterator[tuple[str, str]]:
    if not ROW.search(piece.source):
        yield from ((name.removeprefix("gating."), value) for name, value in piece.metadata if name.startswith("gating.") and name[7:] in HEADS and value.strip())


@dataclass(frozen=True)
class GivenLabels:
    """A file of labels: {what tells a piece: its labels}. `n_rows` that carry a label; `problems` are (row, why it was not used)."""

    by_key: tuple[tuple[str, Given], ...]
    n_rows: int
    problems: tuple[tuple[str, str], ...]


def read_given(path: str, settings: Settings, mapping: Mapping[str, str]) -> GivenLabels:
    """The labels in a table, which needs no texts: a row belongs to the piece with its id, address or source, else with its title.

    Where two rows speak of one piece the later one counts. Raises SourceError when `path` is no table or holds not one label.
    """
    found: dict[str, Given] = {}
    problems = []
    n_rows = 0
    for number, row in enumerate(_rows(path, settings, mapping), 1):
        source = f"{path}#{number}"
        try:
            labels = labels_in(row, mapping, loose=False)
        except ValueError as error:
            problems.append((source, str(error)))
            continue
        if labels:
            n_rows += 1
            found.update(dict.fromkeys(_row_keys(row, source, mapping), tuple(labels.items())))
    if not n_rows:
        why = problems[0][1] if problems else "no column named strategy, stage, gate or format holds one"
        raise SourceError(f"{path}: not one label in it: {why}. Name a column of it strategy, stage, gate or format.")
    return GivenLabels(tuple(found.items()), n_rows, tuple(problems))


def keys_of(piece: Piece) -> Iterator[str]:
    """What may tell `piece` in a file of labels, surest first."""
    yield f"id:{piece.id}"
    yield from _address_key(piece.url)
    yield f"source:{piece.source}"
    yield f"title:{piece.title.casefold()}"


def _row_keys(row: Row, source: str, mapping: Mapping[str, str]) -> list[str]:
    columns = find_columns(row, mapping)
    named = {field: QUOTED.sub("", squeeze(row[columns[field]])) for field in ("id", "url", "title") if field in columns}
    by_name = {plain_name(name): QUOTED.sub("", value.strip()) for name, value in row.items()}
    written = next((by_name[name] for name in SOURCE_COLUMNS if by_name.get(name)), "")
    keys = [f"id:{named['id']}"] if named.get("id") else []
    keys += _address_key(named.get("url", ""))
    keys += [f"source:{written}"] if written else []
    if not keys and named.get("title"):
        keys = [f"title:{named['title'].casefold()}"]
    return [*keys, f"source:{source}"]


def _address_key(url: str) -> list[str]:
    normal = normal_url(url) if url else ""
    return [f"url:{normal}"] if normal else []


def _rows(path: str, settings: Settings, mapping: Mapping[str, str]) -> Iterable[Row]:
    from gating.reading.table import any_rows

    suffix = os.path.splitext(path)[1].lower()
    if suffix not in TABLES:
        raise SourceError(f"{path}: labels are read from a table ({', '.join(TABLES)}).")
    try:
        data = read_bytes(Source(path, path), settings.limits.max_file_mb * 1_000_000)
        return [row for row in any_rows(data, suffix, mapping) if "" not in row]
    except OverflowError:
        raise SourceError(f"{path}: larger than {settings.limits.max_file_mb} MB (limits.max_file_mb).") from None
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({error.strerror or error}).") from error
    except Unread as error:
        raise SourceError(f"{path}: {error.reason}.") from error


@lru_cache
def _other_words() -> dict[str, str]:
    """{another word for a head, plain: head}, where the word can mean nothing else."""
    return {plain_name(name): head for head, names in LABEL_COLUMNS.items() for name in names}


@lru_cache
def _known(head: str) -> dict[str, str]:
    """{what people write, plain: label}."""
    written = {phrase: label for label, phrases in VALUES[head].items() for phrase in phrases.split(", ")}
    return {_plain(phrase): label for phrase, label in [*written.items(), *((str(label), str(label)) for label in LABELS[head])]}


def _plain(written: str) -> str:
    words = SIGNS.sub(" ", written.lower()).split()
    return " ".join([word for word in words if word not in FILLER and not word.isdigit()] or words)


def _if_label(head: str, written: str) -> str:
    try:
        return label_of(head, written)
    except ValueError:
        return ""
