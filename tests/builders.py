"""Makes the files, pieces and verdicts that tests look at."""

from __future__ import annotations

import io
import tomllib
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from gating.records import (
    LABELS,
    Advice,
    Audit,
    AuditedPiece,
    Block,
    BlockKind,
    Evidence,
    Finding,
    Gate,
    GateParts,
    HeadVerdict,
    LibraryPiece,
    MixRow,
    ObservedGate,
    Piece,
    Skipped,
    Statement,
    Topic,
    Verdict,
)  # fmt: skip

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
PROSE = (
    "Most orchards lose their first crates of fruit between the tree and the scale. The pickers are paid by the crate, "
    "so a bruised pear counts the same as a sound one until the buyer opens the lid. We walked three orchards for a week "
    "and wrote down where each crate was put down, how high it was stacked and who moved it next."
)
GERMAN = (
    "Wer im Winter Obst lagert, kennt die Sorge um die richtige Temperatur. Schon wenige Grad zu viel lassen die Birnen altern, "
    "und niemand merkt es, bevor der Kunde die Kiste öffnet. Deshalb messen wir jede Nacht an drei Stellen und schreiben die Werte auf."
)


def docx_bytes(parts: Iterable[tuple[str, object]]) -> bytes:
    """A DOCX of (style, text) paragraphs; ("table", rows) is a table, ("xml", element) goes into the body as it is."""
    import docx
    from docx.oxml import parse_xml

    file = docx.Document()
    for style, content in parts:
        if style == "table":
            rows = list(content)
            table = file.add_table(rows=len(rows), cols=len(rows[0]))
            for row, cells in zip(table.rows, rows, strict=True):
                for cell, text in zip(row.cells, cells, strict=True):
                    cell.text = text
        elif style == "xml":
            file.element.body.insert(len(file.element.body) - 1, parse_xml(content))
        else:
            file.add_paragraph(str(content), style=style or None)
    buffer = io.BytesIO()
    file.save(buffer)
    return buffer.getvalue()


def pdf_bytes(pages: Sequence[Sequence[tuple[float, str]]], title: str = "", password: str = "") -> bytes:
    """A PDF with, on each page, (font size, text) lines from top to bottom."""
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842), invariant=1, encrypt=StandardEncryption(password, ownerPassword="owner") if password else None)
    canvas.setTitle(title)
    for lines in pages:
        y = 800.0
        for size, text in lines:
            canvas.setFont("Helvetica", size)
            canvas.drawString(50, y, text)
            y -= 1.5 * size
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def xlsx_bytes(sheets: dict[str, list[list[object]]]) -> bytes:
    """An XLSX with the given rows of cells on each sheet."""
    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return buffer.getvalue()


def zip_bytes(members: dict[str, bytes]) -> bytes:
    """A zip file with the given members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def with_member(data: bytes, name: str, content: bytes) -> bytes:
    """A zip file with one more member."""
    buffer = io.BytesIO(data)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


def piece_of(*texts: str | Block, title: str = "A piece", **fields: object) -> Piece:
    """A piece of paragraphs, one a text; blocks stay as they are."""
    blocks = tuple(text if isinstance(text, Block) else Block(BlockKind.PARAGRAPH, text, 0, number) for number, text in enumerate(texts, 1))
    return Piece(id="p1", source="p1.md", title=title, blocks=blocks, **fields)  # type: ignore[arg-type]


def answer(head: str, label: str, confidence: float = 0.9) -> HeadVerdict:
    """A head's verdict for `label`, the rest of the probability shared among the other labels."""
    labels = LABELS[head]
    rest = (1 - confidence) / (len(labels) - 1)
    return HeadVerdict(label, tuple(confidence if name == label else rest for name in labels))


def verdict_of(
    strategy: str = "demand-gen", stage: str = "awareness", gate: str = "ungated", format: str = "article", flags: tuple[str, ...] = (), confidence: float = 0.9
) -> Verdict:
    """A verdict with the given labels, all as sure as `confidence`."""
    answers = {head: answer(head, label, confidence) for head, label in (("strategy", strategy), ("stage", stage), ("gate", gate), ("format", format))}
    return Verdict("p1", **answers, flags=flags, model="made-by-hand/1")


def finding_of(piece: Piece | None = None, verdict: Verdict | None = None, quote: str = "crates of fruit", why: str = "An article; ungated: readers must reach it.") -> Finding:
    """A finding with plain advice, for the reports."""
    verdict = verdict or verdict_of()
    gate = Gate(verdict.gate.label)
    evidence = (Evidence(verdict.strategy.label, quote, 3, 0.25),)
    advice = Advice(gate, gate, "G0", GateParts(0, 1, 0, 2, 0), "create", "keep", False, ("traffic", "engagement"), evidence, why)
    return Finding(piece or piece_of(PROSE, observed=ObservedGate("ungated", "no form")), verdict, advice)


def library_piece(
    source: str, title: str = "Where crates are bruised", *texts: str, labels: dict[str, str] | None = None, rule: str = "G0", parts: GateParts | None = None,
    review: bool = False, blocks: Sequence[Block] = (), **fields: object
) -> LibraryPiece:  # fmt: skip
    """A piece as an audit keeps it, of paragraphs or of `blocks`. `labels` are those of `verdict_of`; `fields` those of Piece; id and gate of today have defaults."""
    from gating.library.compact import library_piece as compacted

    paragraphs = tuple(blocks) or tuple(Block(BlockKind.PARAGRAPH, text, 0, number) for number, text in enumerate(texts or (PROSE,), 1))
    given = {"id": source, "observed": ObservedGate("ungated", "no form"), **fields}
    finding = finding_of(Piece(source=source, title=title, blocks=paragraphs, **given), verdict_of(**(labels or {})))  # type: ignore[arg-type]
    advice = replace(finding.advice, gate_rule=rule, gate_parts=parts or finding.advice.gate_parts, review=review)
    return compacted(replace(finding, advice=advice))


def audited(
    source: str = "crates.md", title: str = "Where crates are bruised", labels: dict[str, str] | None = None, today: str = "ungated", action: str = "keep", **fields: object
) -> AuditedPiece:
    """A piece of an audit. `labels` are those of `verdict_of`; `fields` are those of AuditedPiece, and `forms`, `url`, `limits` those of Piece."""
    of_piece = {name: fields.pop(name) for name in ("forms", "url", "limits") if name in fields}
    piece = Piece(id=source, source=source, title=title, blocks=(), **of_piece)  # type: ignore[arg-type]
    library = LibraryPiece(finding_of(piece, verdict_of(**(labels or {}))), 640, title, ())  # type: ignore[arg-type]
    given = {"observed": ObservedGate(today, "no form"), "priority": 2, "sentence": "Keep it as it is: readers must reach it.", **fields}
    return AuditedPiece(library=library, action=action, **given)  # type: ignore[arg-type]


def audit_of(*pieces: AuditedPiece, unscored: Sequence[Skipped] = (), topics: Sequence[str] = (), gaps: Sequence[tuple[int, int, int]] = (), **fields: object) -> Audit:
    """An audit of these pieces under the balanced policy; topics without counts are empty in every stage."""
    counts = tuple(gaps) or ((0, 0, 0),) * len(topics)
    demand = sum(piece.library.finding.verdict.strategy.label == "demand-gen" for piece in pieces)
    share = demand / len(pieces) if pieces else 0.0
    mix = (MixRow("strategy", "demand-gen", demand, share, 0.5), MixRow("strategy", "lead-gen", len(pieces) - demand, 1 - share, 0.5))
    given = {
        "topics": tuple(Topic(name, (name.lower(), "crates")) for name in topics), "gaps": counts, "mix": mix, "mistakes": (), "policy": "balanced", "model": "made-by-hand/1",
        "target": Statement("target", "In growth, half of the pieces should make people care.", source="A rule of thumb."),
        "effort": Statement("effort", "Write for readers who compare ways of storing fruit."),
    }  # fmt: skip
    return Audit(pieces=pieces, unscored=tuple(unscored), **{**given, **fields})  # type: ignore[arg-type]


def declare_entry_points(folder: Path, root: Path) -> None:
    """Makes `folder`, once it is on the Python path, declare spaCy's entry points of pyproject.toml, whether gating is installed or not."""
    declared = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"]["spacy_factories"]
    installed = folder / "gating-0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: gating\nVersion: 0\n")
    (installed / "entry_points.txt").write_text("[spacy_factories]\n" + "".join(f"{name} = {place}\n" for name, place in declared.items()))
