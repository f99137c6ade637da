"""What a request asks for."""

from __future__ import annotations

import json

import pytest

from gating.assess import Assessor
from gating.server import answers
from gating.server.asked import QUICK_CHARACTERS, Draft, Order, Refusal, Wish, name_for, order_of_json, plain_file_name
from gating.server.clerks import _answered
from tests.server.conftest import DRAFT


@pytest.mark.parametrize(
    ("name", "plain"),
    [("draft.md", "draft.md"), ("C:\\Users\\me\\draft.docx", "draft.docx"), ("../../etc/passwd", "passwd"), ("/", "upload"), ("..", "upload"), ("", "upload"), ("-", "-"),
     ("a\nb\u202e.md", "a b.md"), ("x" * 300 + ".docx", "x" * 195 + ".docx"), ("draft." + "y" * 50, "upload")],
)  # fmt: skip
def test_a_file_name_is_its_last_part_on_one_line(name: str, plain: str) -> None:
    """Without folders, line ends and hidden signs; at most 200 characters, ending kept."""
    assert plain_file_name(name) == plain


def test_a_body_is_called_by_its_name_then_by_its_type() -> None:
    """What the sender says goes first; a type that no reader knows is refused."""
    assert name_for("notes.odt", "image/png") == "notes.odt"
    assert name_for("", "application/pdf; version=1.7") == "draft.pdf"
    with pytest.raises(Refusal, match="No reader for image/png"):
        name_for("", "image/png")


@pytest.mark.parametrize(
    ("body", "quick"),
    [({"text": DRAFT}, True), ({"text": DRAFT, "flips": True}, False), ({"html": "x" * (QUICK_CHARACTERS + 1)}, False), ({"pieces": [{"text": "a"}]}, False)],
)
def test_only_what_takes_a_moment_is_quick(body: dict[str, object], quick: bool) -> None:
    """What would flip a label, long texts and lists wait with the files."""
    assert order_of_json(json.dumps(body).encode(), Wish()).is_quick is quick


def test_an_error_of_ours_is_a_failed_record(assessor: Assessor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Told by its kind; its words may be the draft's."""

    def broken(*_: object) -> None:
        raise KeyError("Zanzibarian")

    monkeypatch.setattr(answers, "answers", broken)
    (line,) = _answered(Order((Draft(text=DRAFT),), (), Wish(), one=True), assessor)
    assert b"the program failed on it (KeyError)" in line
    assert b"Zanzibarian" not in line
