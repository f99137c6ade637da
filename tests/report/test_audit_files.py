"""Everything an audit writes, read back; what strangers wrote stays text in all of it."""

import datetime
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import jsonschema
import pyarrow.parquet
import pytest

import gating.report
from gating.errors import OutputError
from gating.records import Audit, Form, ObservedGate, OfferLink, Skipped, Status, Suggestion
from gating.report import audit_files
from gating.report.audit_columns import COLUMNS
from gating.report.audit_files import FILES, write_audit
from tests.builders import audit_of, audited

HOSTILE = (
    '=HYPERLINK("http://evil.example","x")',
    "</script><script>alert(1)</script>",
    "pay\u202eknab",
    "\x1b[31mred\x1b[0m\x07",
    "half \udcff",
    "| [a](http://evil.example) `b`",
)
LINK = OfferLink("Get the planner", "/planner", "planner.html", "wrong-stage", "readers at the awareness stage are sent to an offer for the decision stage")


def made() -> Audit:
    observed = ObservedGate("gated", "a form before the text", form="hubspot:7")
    pieces = (
        audited("crates.html", today="gated", action="ungate", observed=observed, forms=(Form("hubspot:7", "gate", "hubspot", ("e-mail", "phone"), 4),), priority=1, topic=0,
                owner="Ada", date="2025-03-09", sessions=1200.0, conversions=3.0, url="https://orchard.example/crates"),
        audited("lids.html", "Why lids warp", action="fix-hand-off", links=(LINK,), best=Suggestion("planner.html", 0.41, ("crates", "lids")), leads_on=False,
                copies=("old/lids.pdf",)),
        audited("planner.html", "The crate planner", {"strategy": "lead-gen", "gate": "soft-gate", "format": "tool"}, linked_from=1, date="spring 2024", sessions=float("inf")),
    )  # fmt: skip
    unscored = (Skipped("scan.pdf", "a PDF without text", url="https://orchard.example/scan.pdf"), Skipped("torn.docx", "a damaged file", Status.FAILED))
    return audit_of(*pieces, unscored=unscored, topics=("Crates", "Cold stores"), gaps=[(1, 0, 0), (0, 0, 0)])


def hostile() -> Audit:
    pieces = [
        audited(f"{text}.md", text, sentence=text, owner=text, topic=0, action="ungate", today="gated", copies=(text,), url=text, limits=(text,),
                observed=ObservedGate("gated", text), links=(OfferLink(text, text, text, "dead", text),), best=Suggestion(text, 0.5, (text,)), leads_on=False)
        for text in HOSTILE
    ]  # fmt: skip
    return audit_of(*pieces, unscored=[Skipped(text, text, title=text, url=text) for text in HOSTILE], topics=HOSTILE)


def records(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "findings.jsonl").read_text(encoding="utf-8").splitlines()]


def test_the_whole_set_is_written(tmp_path: Path) -> None:
    """Into a folder that need not be there yet, with nothing left over."""
    write_audit(made(), tmp_path / "q3" / "audit")
    assert sorted(path.name for path in (tmp_path / "q3" / "audit").iterdir()) == sorted(FILES)


@pytest.mark.parametrize("audit", [audit_of(), audit_of(unscored=[Skipped("a.md", "an empty file")]), made(), hostile()], ids=["empty", "nothing scored", "made", "hostile"])
def test_every_record_fits_the_schema(audit: Audit, tmp_path: Path) -> None:
    """Pieces first, then what was not scored, with `audit` null."""
    write_audit(audit, tmp_path)
    schema = json.loads((Path(gating.report.__path__[0]) / "record.schema.json").read_text(encoding="utf-8"))
    told = records(tmp_path)
    for record in told:
        jsonschema.Draft202012Validator(schema).validate(record)
    assert [record["audit"] is None for record in told] == [False] * len(audit.pieces) + [True] * len(audit.unscored)


def test_a_record_says_what_the_audit_adds(tmp_path: Path) -> None:
    """The audit's action and gate of today, the words of the whole piece, the form that decided, links and best offer."""
    write_audit(made(), tmp_path)
    crates, lids, planner, scan, _ = records(tmp_path)
    assert (crates["action"], crates["observed_gate"], crates["observed_gate_evidence"], crates["n_words"]) == ("ungate", "gated", "a form before the text", 640)
    added = crates["audit"]
    assert (added["observed_gate_vendor"], added["observed_gate_fields"], added["observed_gate_height"]) == ("hubspot", ["e-mail", "phone"], 4)
    assert (added["topic"], added["owner"], added["date"], added["sessions"], added["conversions"]) == ("Crates", "Ada", "2025-03-09", 1200.0, 3.0)
    assert lids["audit"]["links"][0]["verdict"] == "wrong-stage"
    assert lids["audit"]["best"] == {"offer": "planner.html", "similarity": 0.41, "shared_words": ["crates", "lids"]}
    assert lids["audit"]["copies"] == ["old/lids.pdf"]
    assert (planner["audit"]["linked_from"], planner["audit"]["sessions"], planner["audit"]["topic"]) == (1, None, "")
    assert scan["url"] == "https://orchard.example/scan.pdf"


def test_parquet_has_the_same_rows_in_typed_columns(tmp_path: Path) -> None:
    """Flat, with types that do not depend on what the rows hold."""
    write_audit(made(), tmp_path)
    table = pyarrow.parquet.read_table(tmp_path / "findings.parquet")
    assert table.column_names == [column.name for column in COLUMNS]
    rows = table.to_pylist()
    assert [row["source"] for row in rows] == [record["source"] for record in records(tmp_path)]
    assert (rows[0]["date"], rows[0]["sessions"], rows[0]["observed_gate_fields"], rows[0]["gate_score"]) == (datetime.date(2025, 3, 9), 1200.0, "e-mail; phone", -1)
    assert (rows[1]["links"], rows[1]["faulty_links"], rows[1]["best_offer"], rows[1]["review"]) == (1, 1, "planner.html", False)
    assert (rows[2]["date"], rows[2]["sessions"]) == (None, None)
    assert (rows[3]["status"], rows[3]["action"], rows[3]["links"]) == ("skipped", None, None)


def test_parquet_of_two_audits_can_be_joined(tmp_path: Path) -> None:
    """An audit without a piece has the same schema as a full one, and both are compressed by zstd."""
    write_audit(made(), tmp_path / "a")
    write_audit(audit_of(), tmp_path / "b")
    full, empty = (pyarrow.parquet.ParquetFile(tmp_path / name / "findings.parquet") for name in "ab")
    assert full.schema_arrow == empty.schema_arrow
    assert full.metadata.row_group(0).column(0).compression == "ZSTD"


def test_summary_has_sentences_lists_mix_and_gaps(tmp_path: Path) -> None:
    """What somebody pastes into a ticket."""
    write_audit(made(), tmp_path)
    text = (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert "1 piece asks for details where the reader should get in freely." in text
    assert "## Behind a form, should be free: 1" in text
    assert "| Where crates are bruised | Take the form away | Keep it as it is: readers must reach it. | Ada | 1,200 |" in text
    assert "| strategy | demand-gen | 2 | 67% | 50% |" in text
    assert "| Cold stores | none | none | none |" in text
    assert "| a PDF without text | 1 |" in text


def test_summary_shows_ten_of_a_long_list(tmp_path: Path) -> None:
    """And says how many there are."""
    write_audit(audit_of(*(audited(f"{number}.md", f"Crate {number}", today="gated", action="ungate") for number in range(23))), tmp_path)
    text = (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert "## Behind a form, should be free: 23" in text
    assert sum(f"| Crate {number} |" in text for number in range(23)) == 10


def test_nothing_hostile_reaches_the_markdown(tmp_path: Path) -> None:
    """No markup, no link, no broken row, no control or bidi character."""
    write_audit(hostile(), tmp_path)
    text = (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert "<script" not in text.replace("\\<script", "")
    assert "](http" not in text
    assert not set("\u202e\x1b\x07\udcff") & set(text)
    rows = [line.replace("\\|", "") for line in text.splitlines() if line.startswith("| pay")]
    assert rows
    assert {row.count("|") for row in rows} <= {3, 5, 6}


@pytest.mark.parametrize("failing", list(FILES))
def test_a_failure_leaves_the_old_set(failing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever file cannot be written (a full disk), every file of the last run is still there, and no other."""
    write_audit(made(), tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full(audit: Audit, file: BinaryIO) -> None:
        file.write(b"half")
        raise OSError(28, "No space left on device")

    files: dict[str, Callable[[Audit, BinaryIO], None]] = {**FILES, failing: full}
    monkeypatch.setattr(audit_files, "FILES", files)
    with pytest.raises(OutputError, match="No space left"):
        write_audit(audit_of(audited("new.md")), tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "audit").write_text("a file")
    with pytest.raises(OutputError, match="cannot be written"):
        write_audit(made(), tmp_path / "audit")
