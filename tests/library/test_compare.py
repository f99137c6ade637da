"""What changed between two audits."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as some

from gating.library.compare import compare


def record(name: str, **fields: Any) -> dict[str, Any]:
    """A line of findings.jsonl, as far as it is compared."""
    known = {"id": f"id-{name}", "source": f"site/{name}.html", "title": name.title(), "url": f"https://acme.example/{name}", "status": "scored", "strategy": "demand-gen",
             "stage": "awareness", "format": "article", "phase": "create", "gate": "ungated", "observed_gate": "ungated", "action": "keep"}  # fmt: skip
    return {**known, **fields}


def test_nothing_changes_between_an_audit_and_itself() -> None:
    """Also when the pieces come in another order."""
    records = [record("ropes"), record("hulls", observed_gate="gated", action="ungate"), record("kit", strategy="lead-gen")]
    found = compare(records, records[::-1])
    assert (found.added, found.removed, found.labels, found.gates_fixed, found.gates_broken, found.actions_done, found.mix) == ((),) * 7
    assert (found.n_before, found.n_after) == (3, 3)


def test_a_page_that_moved_is_the_same_page() -> None:
    """By its address although the file is another, by its id although the address is another, by its source when it has neither."""
    old = [record("ropes"), record("hulls"), record("kit", id="k1", url="")]
    new = [record("ropes", id="n1", source="export.csv#1", url="http://www.acme.example/ropes/?utm_source=x"), record("hulls", source="export.csv#2", url="https://acme.example/new/hulls"),
           record("kit", id="k2", url="")]  # fmt: skip
    found = compare(old, new)
    assert (found.added, found.removed) == ((), ())


def test_added_and_removed() -> None:
    """Named so that a person finds them; inputs that were not scored are neither."""
    found = compare([record("ropes"), record("scan", status="skipped")], [record("hulls"), record("broken", status="failed")])
    assert [(one.title, one.url) for one in found.added] == [("Hulls", "https://acme.example/hulls")]
    assert [one.source for one in found.removed] == ["site/ropes.html"]


def test_a_key_that_two_pieces_share_matches_none() -> None:
    """Every page naming the home page as its address must not pair any of them by it."""
    home = "https://acme.example/"
    found = compare([record("ropes", url=home), record("hulls", url=home)], [record("hulls", url=home, stage="decision"), record("ropes", url=home)])
    assert [(change.piece.source, change.field) for change in found.labels] == [("site/hulls.html", "stage")]


def test_labels_that_changed() -> None:
    """Head, before, after."""
    found = compare([record("ropes")], [record("ropes", strategy="lead-gen", gate="gated")])
    assert [(change.field, change.before, change.after) for change in found.labels] == [("strategy", "demand-gen", "lead-gen"), ("gate", "ungated", "gated")]


def test_a_form_that_was_taken_away() -> None:
    """Gated against the advice before, open now: fixed, and the action is done."""
    found = compare([record("ropes", observed_gate="gated", action="ungate")], [record("ropes")])
    assert [(change.before, change.after) for change in found.gates_fixed] == [("gated", "ungated")]
    assert [(change.before, change.after) for change in found.actions_done] == [("ungate", "keep")]
    assert found.gates_broken == ()


def test_a_form_that_came_where_none_should_be() -> None:
    """The reverse."""
    found = compare([record("ropes")], [record("ropes", observed_gate="gated", action="ungate")])
    assert [change.after for change in found.gates_broken] == ["gated"]
    assert found.gates_fixed == found.actions_done == ()


def test_an_advice_that_changes_its_mind_is_nobodys_work() -> None:
    """The form is still there; a new model or policy now wants it."""
    found = compare([record("kit", observed_gate="gated", action="ungate")], [record("kit", observed_gate="gated", gate="gated")])
    assert found.gates_fixed == found.actions_done == ()
    assert len(found.labels) == 1


def test_an_action_is_done_when_a_later_one_is_next() -> None:
    """The link was added, now the offer wants another; but where something more urgent came up, nobody knows."""
    assert compare([record("ropes", action="fix-hand-off")], [record("ropes", action="add-hand-off")]).actions_done
    assert not compare([record("ropes", action="add-hand-off")], [record("ropes", action="review")]).actions_done
    assert not compare([record("ropes", action="review")], [record("ropes")]).actions_done


def test_the_mix_that_moved() -> None:
    """Only rows whose share is another."""
    found = compare([record("ropes"), record("kit", strategy="lead-gen")], [record("ropes"), record("hulls"), record("tar"), record("kit", strategy="lead-gen")])
    assert [(row.dimension, row.value, row.before, row.after) for row in found.mix] == [("strategy", "demand-gen", 0.5, 0.75), ("strategy", "lead-gen", 0.5, 0.25)]


def test_an_empty_audit() -> None:
    """Everything is added; no share of nothing."""
    found = compare([], [record("ropes")])
    assert (len(found.added), found.mix) == (1, ())


@given(some.lists(some.tuples(some.sampled_from(["ropes", "hulls", "kit"]), some.sampled_from(["", "https://acme.example/a", "/b"])), max_size=5), some.integers(0, 4))
def test_every_piece_is_matched_or_named_once(drawn: list[tuple[str, str]], cut: int) -> None:
    """Whatever ids and addresses are shared: nothing is lost, nothing counted twice."""
    records = [record(name, url=url, source=f"{number}.html") for number, (name, url) in enumerate(drawn)]
    found = compare(records[:cut], records[cut:])
    assert found.n_before - len(found.removed) == found.n_after - len(found.added)


def test_another_name_of_the_export_or_folder_is_the_same_library() -> None:
    """Rows by slug or by title, files by their path below the folder that was audited; ids change with the name."""
    rows = [record("tar", id="a1", source="july.csv#1", url="tarred-ropes"), record("lids", id="a2", source="july.csv#2", url="")]
    later = [record("lids", id="b1", source="august.csv#1", url=""), record("new", id="b2", source="august.csv#2", url="tarred-ropes")]
    assert compare(rows, later).added == ()
    files = [record(f"p{n}", id=f"c{n}", source=f"old/site/{path}", url="") for n, path in enumerate(("a/index.html", "b/index.html"))]
    moved = [record(f"q{n}", id=f"d{n}", source=f"new/{path}", url="") for n, path in enumerate(("a/index.html", "b/index.html"))]
    assert compare(files, moved).added == ()
