"""Makes the files, pieces and verdicts that tests look at."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence

from gating.records import LABELS, Advice, Block, BlockKind, Evidence, Finding, Gate, GateParts, HeadVerdict, ObservedGate, Piece, Verdict

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
