"""What is written comes back: records, journals, models, settings, baselines, our own tables, and files with scores in them."""

import json
import os
import sys
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gating.assess import make_assessor
from gating.classifier import Classifier
from gating.classifier.bundle import ARRAYS, CARD, Bundle, base_folder, load_bundle, write_bundle
from gating.classifier.registry import load_stored, model_folder
from gating.features.catalogue import fingerprint
from gating.library.compact import library_piece
from gating.library.journal import Journal
from gating.library.run import Request, run_audit
from gating.reading.labels import keys_of, read_given
from gating.reading.text import clean, squeeze
from gating.records import (
    CHECKS,
    FORMATS,
    HEADS,
    LABELS,
    Advice,
    Block,
    Evidence,
    Finding,
    Form,
    Gate,
    GateParts,
    HeadVerdict,
    Level,
    LibraryPiece,
    Link,
    ObservedGate,
    Piece,
    Skipped,
    Verdict,
)
from gating.report.baseline import baseline_text, entry_of, load_baseline
from gating.report.in_front_matter import with_scores
from gating.report.in_sheets import KEY, Refused, check_copy, copy_with_scores
from gating.report.record import record_of
from gating.report.tables import csv_rows, json_line
from gating.settings import AUDIENCES, COMPANY_STAGES, DEFAULTS_FILE, POLICIES, SecondReading, Settings, load_settings
from gating.training.registry import export_model, import_model
from tests.builders import PROSE, finding_of, piece_of, verdict_of, xlsx_bytes
from tests.exports import BREAD
from tests.properties.here import SETTINGS, examples, read_here
from tests.properties.test_same_scores import PIECES
from tests.training.registries import store

SHARES = st.floats(0, 1)
FILE_NAMES = st.one_of(st.text(min_size=1, max_size=20), st.binary(min_size=1, max_size=12).map(os.fsdecode))  # as the system gives them
SHOWN = st.text(min_size=1, max_size=40).map(lambda text: squeeze(clean(text))).filter(bool)  # as readers give them


def every(kind: type, **given_: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Any record of a type, with a value for each field; its texts are any that UTF-8 can hold."""
    return st.builds(kind, **{field.name: given_.get(field.name, ...) for field in fields(kind)})


def some(one: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(one, max_size=2).map(tuple)


HEAD = every(HeadVerdict, probabilities=some(SHARES))
PIECE = every(Piece, blocks=some(every(Block)), links=some(every(Link)), forms=some(every(Form)), observed=every(ObservedGate))
FINDING = every(
    Finding, piece=PIECE, verdict=every(Verdict, **dict.fromkeys(HEADS, HEAD)), advice=every(Advice, gate_parts=every(GateParts), evidence=some(every(Evidence, weight=SHARES)))
)
RECORDS = {Finding: FINDING, LibraryPiece: every(LibraryPiece, finding=FINDING), Skipped: every(Skipped)}


@pytest.mark.parametrize("kind", RECORDS)
def test_records_survive_json(kind: type) -> None:
    """Equal after the way through the journal's JSON, types included."""

    @examples(15)
    @given(record=RECORDS[kind])
    def check(record: object) -> None:
        assert msgspec.json.decode(msgspec.json.encode(record), type=kind) == record

    check()


@examples(40)
@given(title=st.text(max_size=30), quote=st.text(max_size=30), source=FILE_NAMES, labels=st.tuples(*(st.sampled_from(LABELS[head]) for head in HEADS)))
def test_lines_of_json_say_what_the_record_says(title: str, quote: str, source: str, labels: tuple[str, ...]) -> None:
    """One line each, and the same values when it is read."""
    strategy, stage, gate, form = labels
    finding = finding_of(replace(piece_of(PROSE, title=title), source=source), verdict_of(strategy, stage, gate, form), quote)
    line = json_line(record_of(finding))
    assert line.count("\n") == 1
    assert json.loads(line) == json.loads(json.dumps(record_of(finding)))


@examples(15)
@given(stored=st.lists(st.tuples(FILE_NAMES, st.binary(max_size=8), every(Skipped)), max_size=5, unique_by=lambda one: one[0].encode("utf-8", "backslashreplace")))
def test_a_journal_gives_back_what_it_was_given(tmp_path_factory: pytest.TempPathFactory, stored: list[tuple[str, bytes, Skipped]]) -> None:
    """In order, under any file name; what UTF-8 cannot hold of a name is shown as an escape."""
    file = tmp_path_factory.mktemp("journal") / "audit.sqlite"
    results = [(source, digest, replace(skipped, source=source)) for source, digest, skipped in stored]
    results += [(f"{source}#1", digest, _slim(source)) for source, digest, _ in stored]
    with Journal(file, "recipe") as journal:
        for place, (source, digest, result) in enumerate(results):
            assert not journal.known(source, digest, place)
            journal.add(source, digest, place, result)
        journal.finish()
    with Journal(file, "recipe") as journal:
        assert all(journal.known(source, digest, place) for place, (source, digest, _) in enumerate(results))
        assert list(journal.results()) == [_as_shown(result) for _, _, result in results]


def _slim(source: str) -> LibraryPiece:
    return library_piece(finding_of(replace(piece_of(PROSE), source=f"{source}#1")))


def _as_shown(result: LibraryPiece | Skipped) -> LibraryPiece | Skipped:
    def shown(source: str) -> str:
        return source.encode("utf-8", "backslashreplace").decode()

    if isinstance(result, Skipped):
        return replace(result, source=shown(result.source))
    return replace(result, finding=replace(result.finding, piece=replace(result.finding.piece, source=shown(result.finding.piece.source))))


@pytest.mark.skipif(sys.platform != "linux", reason="other systems know no file name that is not Unicode")
def test_an_audit_of_a_name_that_is_no_utf_8(tmp_path: Path) -> None:
    """The piece is in the audit under its name with an escape, and known the next time."""
    (tmp_path / "in").mkdir()
    Path(os.fsdecode(os.fsencode(tmp_path / "in") + b"/caf\xe9.md")).write_text(PROSE)
    assessor = make_assessor(replace(SETTINGS, second_reader=SecondReading(below=0.0)))
    for unchanged in (0, 1):
        outcome = run_audit(Request((str(tmp_path / "in"),)), assessor, tmp_path, {})
        assert outcome.audit is not None
        assert [Path(piece.library.finding.piece.source).name for piece in outcome.audit.pieces] == [r"caf\udce9.md"]
        assert outcome.changes.unchanged == unchanged


def test_a_bundle_written_again_predicts_the_same_bits(tmp_path: Path) -> None:
    """Not nearly: each probability and each quote's weight."""
    bundle = load_bundle(base_folder(), fingerprint())
    write_bundle(bundle, tmp_path / "copy")
    again = Classifier.of(load_bundle(tmp_path / "copy", fingerprint()))
    first = Classifier.of(bundle)
    assert [again.classify(piece, 3) for piece in PIECES] == [first.classify(piece, 3) for piece in PIECES]


ARRAY = st.tuples(st.sampled_from(["<f8", "<f4", "<i8", "<u4", "|u1", "|b1"]), st.lists(st.integers(0, 4), min_size=1, max_size=3), st.randoms(use_true_random=False))


@examples(20)
@given(drawn=st.dictionaries(st.from_regex("[a-z_]{1,8}", fullmatch=True), ARRAY, max_size=4), note=st.text(max_size=20))
def test_any_arrays_come_back_with_type_and_shape(tmp_path_factory: pytest.TempPathFactory, drawn: dict[str, Any], note: str) -> None:
    """Empty ones too, infinities and all; and what the card says beside."""
    folder = tmp_path_factory.mktemp("bundle")
    arrays = {name: np.frombuffer(chance.randbytes(np.dtype(kind).itemsize * int(np.prod(shape))), kind).reshape(shape) for name, (kind, shape, chance) in drawn.items()}
    write_bundle(Bundle({"name": "acme", "version": "1", "catalogue": "cat", "note": note}, arrays), folder)
    found = load_bundle(folder, "cat")
    assert found.card["note"] == note
    assert set(found.arrays) == set(arrays)
    assert all(found.arrays[name].tobytes() == one.tobytes() and (found.arrays[name].dtype, found.arrays[name].shape) == (one.dtype, one.shape) for name, one in arrays.items())


def test_a_model_sent_to_a_colleague_is_the_same_model(tmp_path: Path) -> None:
    """Exported and imported under its own name: the same files, the same predictions; under another: the same predictions."""
    mine, theirs = tmp_path / "mine", tmp_path / "theirs"
    model = store(mine)
    export_model(mine, model, tmp_path / "model.zip")
    assert import_model(theirs, tmp_path / "model.zip") == model
    assert all((model_folder(theirs, model) / name).read_bytes() == (model_folder(mine, model) / name).read_bytes() for name in (CARD, ARRAYS))
    renamed = import_model(theirs, tmp_path / "model.zip", "other")
    one, two, three = (Classifier.of(load_stored(folder, name, fingerprint())) for folder, name in ((mine, model), (theirs, model), (theirs, renamed)))
    assert [two.classify(piece) for piece in PIECES[:3]] == [one.classify(piece) for piece in PIECES[:3]]
    assert [replace(three.classify(piece)[0], model=model) for piece in PIECES[:3]] == [one.classify(piece)[0] for piece in PIECES[:3]]


@examples(30)
@given(ids=st.lists(SHOWN, min_size=1, max_size=4, unique=True), titles=st.lists(SHOWN, min_size=4, max_size=4), chance=st.randoms(use_true_random=False))
@example(ids=["=1+1", "@x", "'=y", "a,b;c", '"'], titles=["- a"] * 5, chance=None)
def test_our_table_read_back_as_labels(tmp_path_factory: pytest.TempPathFactory, ids: list[str], titles: list[str], chance: Any) -> None:
    """Every piece finds the labels of its own row, whatever it is called."""
    file = tmp_path_factory.mktemp("labels") / "scores.csv"
    labels = [{head: chance.choice(LABELS[head]) if chance else LABELS[head][0] for head in HEADS} for _ in ids]
    findings = [
        finding_of(replace(piece_of(PROSE, title=title), id=id_, source=f"posts/{number}.md"), verdict_of(**given_))
        for number, (id_, title, given_) in enumerate(zip(ids, titles, labels, strict=False))
    ]
    file.write_text("".join(csv_rows(findings)), encoding="utf-8")
    found = dict(read_given(str(file), SETTINGS, {}).by_key)
    for finding, expected in zip(findings, labels, strict=False):
        keys = list(keys_of(finding.piece))
        if finding.piece.id.startswith("'"):  # is taken for the sign that keeps a spreadsheet from running what comes; its source tells the piece
            keys.pop(0)
        assert dict(found[keys[0]]) == expected


@examples(30)
@given(pieces=st.lists(st.tuples(FILE_NAMES, SHOWN, st.text(max_size=40)), min_size=1, max_size=4), name=st.sampled_from(["ungate", "gate", "review"]))
def test_a_baseline_knows_what_was_written(tmp_path_factory: pytest.TempPathFactory, pieces: list[tuple[str, str, str]], name: str) -> None:
    """Each piece of it, for what it was written for and nothing else."""
    file = tmp_path_factory.mktemp("baseline") / "known.json"
    known = [replace(piece_of(f"{PROSE} {text}"), source=source, id=id_) for source, id_, text in pieces]
    file.write_text(baseline_text(entry_of(piece, [name], file.parent) for piece in known), encoding="utf-8")
    baseline = load_baseline(file)
    for piece in known:
        assert baseline.knows(piece, name)
        assert not baseline.knows(piece, "keep")
        assert not baseline.knows(replace(piece, title=f"{piece.title}!"), name)


# Settings: what a file can say, said in every way that the types allow, and said again from what was understood.

NAMES = st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=12).filter(lambda name: any(map(str.isalnum, name))), max_size=3)
STAGES = st.sampled_from(LABELS["stage"])
SAID = st.fixed_dictionaries(
    {},
    optional={
        "policy": st.sampled_from(POLICIES),
        "audience": st.sampled_from(AUDIENCES),
        "company_stage": st.sampled_from(COMPANY_STAGES),
        "names": st.fixed_dictionaries({}, optional={"brand": NAMES, "products": NAMES, "rivals": NAMES}),
        "thresholds": st.integers(-3, 7).flatmap(lambda low: st.fixed_dictionaries({"soft_gate_from": st.just(low), "gated_from": st.integers(low, 7)})),
        "formats": st.dictionaries(st.sampled_from(FORMATS), st.sampled_from(list(map(str, Gate))), max_size=3),
        "checks": st.dictionaries(st.sampled_from(CHECKS), st.sampled_from([*map(str, Level), "off"]), max_size=3),
        "limits": st.fixed_dictionaries({}, optional={"max_rows": st.integers(1, 10**6), "min_words": st.integers(1, 500), "max_seconds": st.integers(1, 900)}),
        "review": st.fixed_dictionaries({}, optional={"strategy_below": SHARES, "gate_below": SHARES}),
        "pipeline": st.fixed_dictionaries({}, optional={"leads_per_month": st.floats(0, 1e9), "mql_accepted_share": SHARES}),
        "paths": st.lists(
            st.fixed_dictionaries({"glob": st.sampled_from(["blog/**", "*.md", "a b/ü*"])}, optional={"policy": st.sampled_from(POLICIES), "stage": STAGES}),
            max_size=2,
        ),
    },
)  # fmt: skip


@examples(40)
@given(said=SAID)
def test_settings_written_out_are_the_same_settings(tmp_path_factory: pytest.TempPathFactory, said: dict[str, Any]) -> None:
    """All that a file said is understood, and everything that settings hold can be said in a file."""
    folder = tmp_path_factory.mktemp("settings")
    understood = _loaded(folder / "one.toml", said)
    assert _loaded(folder / "two.toml", _told(understood)) == understood
    for name in ("policy", "audience", "company_stage"):
        assert getattr(understood, name) == said.get(name, getattr(SETTINGS, name))
    assert dict(understood.formats) == {**dict(SETTINGS.formats), **said.get("formats", {})}
    assert {rule.glob: (rule.policy, rule.stage) for rule in understood.paths} == {rule["glob"]: (rule.get("policy", ""), rule.get("stage", "")) for rule in said.get("paths", [])}


def _loaded(file: Path, said: dict[str, Any]) -> Settings:
    file.write_text(_toml(said), encoding="utf-8")
    return load_settings(file)


def _told(settings: Settings) -> dict[str, Any]:
    """Settings as their file has them."""
    said = asdict(settings)
    paths = [{name: value for name, value in rule.items() if value} for rule in said.pop("paths")]
    return {**said, "formats": dict(said["formats"]), "checks": dict(said["checks"]), "paths": paths}


def _toml(said: dict[str, Any]) -> str:
    plain = {name: value for name, value in said.items() if not isinstance(value, dict) and name != "paths"}
    lines = [f"{name} = {_value(value)}" for name, value in plain.items()]
    for table, values in said.items():
        if isinstance(values, dict):
            lines += [f"[{table}]", *(f"{name} = {_value(value)}" for name, value in values.items())]
    for rule in said.get("paths", []):
        lines += ["[[paths]]", *(f"{name} = {_value(value)}" for name, value in rule.items())]
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_value, value))}]"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def test_the_defaults_say_themselves(tmp_path: Path) -> None:
    """The defaults, written out from what was understood of them."""
    assert _loaded(tmp_path / "all.toml", _told(load_settings(DEFAULTS_FILE))) == load_settings(DEFAULTS_FILE)


# Scores written back into files.

SCORES = {"stage": "awareness", "gate": "ungated", "model": "base/3", "action": "keep"}
OTHERS = {"stage": "decision", "gate": "soft-gate", "model": 'a"b\\c', "action": "review"}
FRONT = st.sampled_from([
    "", "---\ntitle: Crates\n---\n", "---\ntitle: 'A: b'\ntags:\n  - a\n  - b\nnested:\n  c: d\n---\n", "+++\ntitle = \"Crates\"\n[extra]\na = 1\n+++\n",
    "---\ngating_scores:\n  stage: decision\ntitle: x\n---\n", "---\ngating_scores: {stage: decision}\n---\n",
    "---\n---\n", "---\ntext: |\n  a\n  b\n---\n", "---\ngating:\n  stage: decision\n---\n",
    "---\r\ntitle: Crates\r\n---\r\n", "---\n# only a comment\n---\n",
])  # fmt: skip
BODY = st.sampled_from([f"# Crates\n\n{PROSE}\n", PROSE, f"{PROSE}\r\n\r\n{BREAD}\r\n", f"\n\n---\n\n{PROSE}\n", f"{PROSE}\n\n---\na: b\n---\n", f"***\n{PROSE}"])


@examples(60)
@given(front=FRONT, body=BODY, mark=st.sampled_from([b"", b"\xef\xbb\xbf"]))
def test_a_draft_with_scores_in_it_reads_as_before(front: str, body: str, mark: bytes) -> None:
    """Text, links and other metadata; every byte of the body; and once more with other scores, as if these had been the first."""
    before = mark + f"{front}{body}".encode()
    once = with_scores(before, SCORES)
    twice = with_scores(once, OTHERS)
    assert once.endswith(body.encode())
    assert _content("a.md", once) == _content("a.md", before)
    assert _content("a.md", twice) == _content("a.md", before)
    assert with_scores(once, SCORES) == once
    assert with_scores(twice, SCORES) == once
    assert [_scores(piece) for piece in _pieces("a.md", twice)] == [OTHERS]


def _pieces(name: str, data: bytes) -> list[Piece]:
    return [result for result in read_here(name, data) if isinstance(result, Piece)]


def _content(name: str, data: bytes) -> list[object]:
    """What is read, but for the scores and for lines, which they move."""
    metadata = [tuple(entry for entry in piece.metadata if not entry[0].startswith(KEY)) for piece in _pieces(name, data)]
    texts = [[(block.kind, block.text, block.level) for block in piece.blocks] for piece in _pieces(name, data)]
    return [[(piece.title, piece.description, piece.url, piece.observed) for piece in _pieces(name, data)], metadata, texts]


def _scores(piece: Piece) -> dict[str, str]:
    return {name.removeprefix(f"{KEY}."): value for name, value in piece.metadata if name.startswith(f"{KEY}.")}


CELLS = st.text(st.characters(codec="utf-8"), max_size=12)


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".json", ".jsonl", ".xlsx"])
def test_a_copy_of_a_table_reads_as_the_table(ending: str) -> None:
    """Every row of it, with its scores beside it; or the copy is refused, and then there is none."""

    @examples(15)
    @given(cells=st.lists(CELLS, min_size=2, max_size=4))
    def check(cells: list[str]) -> None:
        data = _table(ending, [(f"T{number}", f"{PROSE} {BREAD[:40]}", cell) for number, cell in enumerate(cells)])
        scores = {number: {**SCORES, "stage": stage} for number, stage in zip(range(1, len(cells) + 1), ("awareness", "decision", "awareness", "consideration"), strict=False)}
        try:
            copy = copy_with_scores(data, ending, scores, {})
            check_copy(data, copy, ending, scores, {})
        except Refused:
            assert not all(map(str.isalnum, cells))  # plain cells are never a reason
            return
        assert [(piece.id, piece.title, piece.blocks) for piece in _pieces(f"t{ending}", copy)] == [(piece.id, piece.title, piece.blocks) for piece in _pieces(f"t{ending}", data)]
        assert [_scores(piece) for piece in _pieces(f"t{ending}", copy)] == list(scores.values())

    check()


def _table(ending: str, rows: list[tuple[str, str, str]]) -> bytes:
    import csv
    import io

    named = [{"title": title, "text": text, "owner": cell} for title, text, cell in rows]
    if ending == ".json":
        return json.dumps({"posts": named}, ensure_ascii=False).encode()
    if ending == ".jsonl":
        return "".join(f"{json.dumps(row)}\n" for row in named).encode()
    if ending == ".xlsx":
        return xlsx_bytes({"Plan": [["title", "text", "owner"], *map(list, rows)]})
    file = io.StringIO()
    csv.writer(file, csv.excel, delimiter="\t" if ending == ".tsv" else ",", lineterminator="\n", quoting=csv.QUOTE_ALL).writerows([["title", "text", "owner"], *rows])
    return file.getvalue().encode()
