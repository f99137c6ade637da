"""report.html: one file that works from disk, loads nothing, and shows strangers' text as text.

The template is rendered here, so that the page says the essential without scripts; assets/page.js then builds the table and
lets charts and lists filter it. The content policy allows the two scripts and the style sheet by their digests and nothing else.
"""

from __future__ import annotations

import base64
import datetime
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gating.advice.gate_score import PARTS
from gating.advice.quotes import evidence_shown
from gating.advice.sentences import RULE_WORDS
from gating.library.compact import whole
from gating.records import LABELS, PLACES, Audit, AuditedPiece
from gating.report import charts
from gating.report.audit_lists import ACTION_NAMES, LINK_WORDS, WorkList, by_urgency, gaps_of, headlines, plural, reason_in_list, titles_of, work_lists
from gating.report.audit_record import deciding_form, finite
from gating.report.audit_summary import TOP
from gating.report.safe import visible
from gating.report.terminal import PART_NAMES, SUBTRACTED, place_of

if TYPE_CHECKING:
    from jinja2 import Template

ASSETS = Path(__file__).with_name("assets")
DATA = "\0data\0"  # what the template has in place of the data; text of strangers never has this character, which `visible` escapes
HELD = 10_000  # pieces that the page holds, most urgent first; a browser takes seconds over a file of more than 20 MB
PRINTED = 25  # rows of the table that go to paper; the workbook has them all
QUOTES = 6  # of a piece; with 200 characters each, 1,000 pieces stay under 2 MB
QUOTE_CHARACTERS = 200
OWNER_CHARACTERS = 30
LINKS = 12  # of a piece, those to mend first
COPIES = 20
EXAMPLES = 5  # inputs named for each reason why they were not scored
GAPS_NAMED = 12


def page_html(audit: Audit, made: datetime.date) -> Iterator[str]:
    """The whole page in chunks. Sentences, lists and pictures count all pieces; of a large library the table holds HELD or a few more."""
    from markupsafe import Markup

    lists = work_lists(audit)
    held = _held(audit, lists)
    style = asset("tabulator/tabulator_simple.min.css") + asset("page.css")
    scripts = [asset("tabulator/tabulator.min.js"), asset("page.js")]
    own: dict[str, Any] = {
        "policy": content_policy(style, scripts),
        "style": Markup(style), "scripts": [Markup(script) for script in scripts],  # noqa: S704 - files of this package
        "data": Markup(DATA),  # noqa: S704 - our own sign, in whose place the data comes
    }  # fmt: skip
    for chunk in template("page.html").generate(**own, **_context(audit, made, held, lists)):
        before, here, after = chunk.partition(DATA)
        yield before
        if here:
            yield from _page_data(audit, held, lists)
            yield after


def template(name: str) -> Template:
    """A template of assets/ that escapes and makes visible whatever it is given."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    def shown(value: Any) -> Any:
        return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value

    environment = Environment(
        loader=FileSystemLoader(ASSETS), autoescape=True, finalize=shown, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    environment.filters["number"] = lambda value: "" if value is None else f"{value:,.0f}"
    return environment.get_template(name)


def content_policy(style: str, scripts: Sequence[str]) -> str:
    """Nothing is allowed but these very scripts and this very style sheet."""
    allowed = " ".join(_digest(script) for script in scripts) or "'none'"
    return f"default-src 'none'; script-src {allowed}; style-src {_digest(style)}; img-src data:; base-uri 'none'; form-action 'none'"


def script_json(value: Any) -> str:
    """JSON that cannot end the script element it stands in, nor open a comment or another element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def asset(name: str) -> str:
    """The text of a file in assets/."""
    return (ASSETS / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode()}'"


def _held(audit: Audit, lists: Sequence[WorkList]) -> tuple[AuditedPiece, ...]:
    """The pieces of the table: the most urgent ones, and those that a list names."""
    pieces = by_urgency(audit.pieces)
    named = {id(piece) for work in lists for piece in work.pieces[:TOP]}
    return (*pieces[:HELD], *(piece for piece in pieces[HELD:] if id(piece) in named))


def _context(audit: Audit, made: datetime.date, pieces: Sequence[AuditedPiece], lists: Sequence[WorkList]) -> dict[str, Any]:
    """What the template shows."""
    gaps = [f"{gap.stage} of {gap.topic}" for gap in gaps_of(audit)]
    titles = titles_of(audit)
    rank = {id(piece): place for place, piece in enumerate(pieces)}
    return {
        "audit": audit,
        "made": f"{made.day} {made:%B %Y}",
        "headlines": headlines(audit),
        "lists": [{"work": work, "where": f"lists={place}", "rows": [_list_row(piece, work, rank[id(piece)], titles) for piece in work.pieces[:TOP]],
                   "held": sum(id(piece) in rank for piece in work.pieces)} for place, work in enumerate(lists)],
        "n_held": len(pieces),
        "list_where": {work.key: f"lists={place}" for place, work in enumerate(lists)},
        "stages": charts.strategy_by_stage(audit),
        "gates": charts.gate_today_by_advice(audit),
        "mix": charts.mix_bars(audit),
        "gap_map": charts.gap_map(audit),
        "gaps": gaps[:GAPS_NAMED],
        "more_gaps": max(0, len(gaps) - GAPS_NAMED),
        "printed": [_list_row(piece, None, place, titles) for place, piece in enumerate(pieces[:PRINTED])],
        "picks": {"action": [*ACTION_NAMES.values()], "stage": [*LABELS["stage"]], "topic": [topic.name for topic in audit.topics], "owner": _owners(audit)},
        "unscored": _unscored(audit),
        "plural": plural,
    }  # fmt: skip


def _list_row(piece: AuditedPiece, work: WorkList | None, place: int, titles: Mapping[str, str]) -> dict[str, Any]:
    read = piece.library.finding.piece
    why = reason_in_list(piece, work.key, titles) if work else piece.sentence
    owner, sessions = _cut(piece.owner, OWNER_CHARACTERS), finite(piece.sessions)
    return {"place": place, "title": read.title or read.source, "action": ACTION_NAMES[piece.action], "why": why, "owner": owner, "sessions": sessions}


def _unscored(audit: Audit) -> list[dict[str, Any]]:
    """The inputs that were not scored by status and reason, the commonest first."""
    groups: dict[tuple[str, str], list[str]] = {}
    for skipped in audit.unscored:
        groups.setdefault((skipped.status.value, skipped.reason), []).append(skipped.title or skipped.url or skipped.source)
    told = [{"status": status, "reason": reason, "count": len(names), "names": names[:EXAMPLES]} for (status, reason), names in groups.items()]
    return sorted(told, key=lambda group: -len(groups[group["status"], group["reason"]]))


def _owners(audit: Audit) -> list[str]:
    return sorted({piece.owner for piece in audit.pieces if piece.owner})


def _page_data(audit: Audit, pieces: Sequence[AuditedPiece], work: Sequence[WorkList]) -> Iterator[str]:
    """What page.js shows, as JSON, row by row: in one piece it would be 100 MB in memory. Values stand by their places in `fields`, and
    columns are named once, so that a row is short.
    """
    lists = [{id(piece) for piece in one.pieces} for one in work]
    owners = {owner: place for place, owner in enumerate(_owners(audit))}
    told = {
        "fields": {**charts.FIELDS, "action": list(ACTION_NAMES.values()), "topic": [topic.name for topic in audit.topics], "owner": list(owners)},
        "parts": [[PART_NAMES[name], name in SUBTRACTED, words] for name, words in PARTS.items()],
        "columns": ROW,
        "total": len(audit.pieces),
        "detail_columns": list(_detail(pieces[0])) if pieces else [],
    }
    yield script_json(_shown(told)).removesuffix("}")
    yield ',"rows":['
    yield from _listed(_row(piece, owners, sum(1 << place for place, members in enumerate(lists) if id(piece) in members)) for piece in pieces)
    yield '],"details":['
    yield from _listed(list(_detail(piece).values()) for piece in pieces)
    yield "]}"


def _listed(values: Iterable[Any]) -> Iterator[str]:
    for number, value in enumerate(values):
        yield f"{',' if number else ''}{script_json(_shown(value))}"


ROW = ("title", "source", "sentence", "priority", "action", "strategy", "stage", "today", "gate", "phase", "format", "topic", "owner", "date", "sessions", "lists")


def _row(piece: AuditedPiece, owners: dict[str, int], lists: int) -> list[Any]:
    finding = piece.library.finding
    read, verdict, advice = finding.piece, finding.verdict, finding.advice
    today = charts.TODAY.index(piece.observed.verdict)
    return [
        read.title or read.source, read.source if read.title else "", piece.sentence, piece.priority, list(ACTION_NAMES).index(piece.action), PLACES[verdict.strategy.label],
        PLACES[verdict.stage.label], today, PLACES[advice.gate], charts.FIELDS["phase"].index(advice.phase), PLACES[verdict.format.label], piece.topic, owners.get(piece.owner, -1),
        piece.date, finite(piece.sessions), lists,
    ]  # fmt: skip


def _detail(piece: AuditedPiece) -> dict[str, Any]:
    """What the opened row shows."""
    finding = whole(piece.library).finding
    read, verdict, advice, form, best = finding.piece, finding.verdict, finding.advice, deciding_form(piece), piece.best
    links = sorted(piece.links, key=lambda link: link.verdict == "fits")[:LINKS]
    return {
        "url": read.url if read.url.lower().startswith(("http://", "https://")) else "",
        "why": _cut(advice.why, 2 * QUOTE_CHARACTERS),
        "sure": [round(100 * verdict.head(name).confidence) for name in ("strategy", "stage", "gate")],
        "score": [advice.gate_parts.total, *(getattr(advice.gate_parts, name) for name in PARTS)],
        "rule": RULE_WORDS.get(advice.gate_rule, ""),
        "neutral": PLACES[advice.gate_neutral],
        "shows": piece.observed.evidence,
        "form": [form.vendor, ", ".join(form.fields), form.height] if form else None,
        "quotes": [[item.label, place_of(read.source, item.line), _cut(evidence_shown(item.quote))] for item in advice.evidence[:QUOTES]],
        "links": [[_cut(link.text or link.href), link.offer, LINK_WORDS[link.verdict], link.why] for link in links],
        "best": [best.offer, round(100 * best.similarity), ", ".join(best.shared_words)] if best else None,
        "linked": piece.linked_from,
        "copies": list(piece.copies[:COPIES]),
        "measures": ", ".join(advice.measures),
        "flags": ", ".join(verdict.flags),
        "conversions": finite(piece.conversions),
        "words": piece.library.n_words,
        "limits": "; ".join(read.limits),
    }


def _cut(text: str, limit: int = QUOTE_CHARACTERS) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _shown(value: Any) -> Any:
    """Every text in `value` with dangerous characters as visible escapes."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, dict):
        return {key: _shown(inner) for key, inner in value.items()}
    return [_shown(inner) for inner in value] if isinstance(value, list | tuple) else value
