"""Scores in front matter: one entry, every other byte as it was."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gating.reading.frontmatter import split_front_matter
from gating.reading.labels import labels_in
from gating.reading.text import clean
from gating.report.in_front_matter import with_scores
from gating.report.in_sheets import Refused

SCORES = {"strategy": "lead-gen", "gate": "soft-gate", "model": "acme/3+second/1"}
YAML = 'gating_scores:\n  strategy: lead-gen\n  gate: soft-gate\n  model: "acme/3+second/1"\n'
TOML = '[gating_scores]\nstrategy = "lead-gen"\ngate = "soft-gate"\nmodel = "acme/3+second/1"\n'
BODY = "# Hops in a wet year\n\nWhat the cellar smells of.\n\n---\n\nA rule stands above.\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"---\ntitle: 'Hops'  # ours\ntags: [a,   b]\n---\n{BODY}", f"---\ntitle: 'Hops'  # ours\ntags: [a,   b]\n{YAML}---\n{BODY}"),
        (f"---\n---\n{BODY}", f"---\n{YAML}---\n{BODY}"),
        (BODY, f"---\n{YAML}---\n{BODY}"),
        (f"+++\ntitle = 'Hops'\n[extra]\nx = 1\n+++\n{BODY}", f"+++\ntitle = 'Hops'\n[extra]\nx = 1\n{TOML}+++\n{BODY}"),
        (f"---\ntitle: Hops\ngating: {{stage: decision}}\n---\n{BODY}", f"---\ntitle: Hops\ngating: {{stage: decision}}\n{YAML}---\n{BODY}"),
        (f"---\ngating_scores:\n  strategy: demand-gen\n  old: yes\ntitle: Hops\n---\n{BODY}", f"---\n{YAML}title: Hops\n---\n{BODY}"),
        (f"---\ngating_scores: {{gate: gated}}\n# a note\ntitle: Hops\n---\n{BODY}", f"---\n{YAML}# a note\ntitle: Hops\n---\n{BODY}"),
        (f"+++\nx = 1\n[gating_scores]\ngate = 'gated'\n\n[extra]\ny = 2\n+++\n{BODY}", f"+++\nx = 1\n{TOML}\n[extra]\ny = 2\n+++\n{BODY}"),
        (f"---\ntext: |\n  gating_scores:\n    none\n---\n{BODY}", f"---\ntext: |\n  gating_scores:\n    none\n{YAML}---\n{BODY}"),
        ("--- \ntitle: Hops\n---\nNo line end", f"--- \ntitle: Hops\n{YAML}---\nNo line end"),
        (f"---\ngating_scores :\n  gate: gated\ntitle: Hops\n---\n{BODY}", f"---\n{YAML}title: Hops\n---\n{BODY}"),
        (f'---\n"gating_scores": {{"gate": "gated"}}\ntitle: Hops\n---\n{BODY}', f"---\n{YAML}title: Hops\n---\n{BODY}"),
        (f"---\ntitle: Hops\n...\n{BODY}", f"---\ntitle: Hops\n{YAML}...\n{BODY}"),
        ("---\ntitle: Hops\n---", f"---\ntitle: Hops\n{YAML}---"),
    ],
)
def test_the_entry_is_added_or_replaced_and_nothing_else(before: str, after: str) -> None:
    """Comments, quotes, order and a person's own labels stay; twice is once."""
    assert with_scores(before.encode(), SCORES).decode() == after
    assert with_scores(after.encode(), SCORES).decode() == after


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("front", ["---\ntitle: Caf\u00e9\n---\n", "+++\ntitle = 'Caf\u00e9'\n+++\n", ""])
def test_line_ends_and_mark_of_the_file_stay(mark: bytes, front: str) -> None:
    """A file from Windows stays one, down to the new lines."""
    before = mark + f"{front}{BODY}".replace("\n", "\r\n").encode()
    after = with_scores(before, SCORES)
    assert after.startswith(mark) and after.count(b"\xef\xbb\xbf") == (1 if mark else 0)
    assert after.count(b"\n") == after.count(b"\r\n")
    assert after.endswith(BODY.replace("\n", "\r\n").encode())


def test_a_file_of_an_old_mac_stays_one() -> None:
    """Its lines end with a carriage return alone."""
    before = f"---\ntitle: Hops\n---\n{BODY}".replace("\n", "\r").encode()
    assert with_scores(before, SCORES).decode() == f"---\ntitle: Hops\n{YAML}---\n{BODY}".replace("\n", "\r")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b'{"title": "Hops"}\n\nText of the piece.', "JSON"),
        (b'---\n{"title": "Hops"}\n---\nText of the piece.', "cannot be added"),
        (b"---\ntitle: Hops: and malt: too\n---\nText.", "not valid"),
        (b"---\na: &x 1\nb: *x\n---\nText.", "anchors"),
        (b"---\n? gating_scores\n: gate: gated\ntitle: Hops\n---\nText.", "cannot be added"),
        (b"---\ntitle: Hops\ndate: 2024-05-06\n\nText of the piece.\n", "^front matter is never closed$"),
        ("---\ntitle: Caf\u00e9\n---\nText.".encode("cp1252"), "not UTF-8"),
        (b"+++\ngating_scores = {gate = 'gated'}\n+++\nText.", "cannot be added"),
    ],
)
def test_what_cannot_be_edited_safely_is_left_alone(data: bytes, why: str) -> None:
    """With the reason, never with a guess."""
    with pytest.raises(Refused, match=why):
        with_scores(data, SCORES)


def test_a_page_needs_front_matter_of_its_own() -> None:
    """A rule of dashes above a page would be its text."""
    with pytest.raises(Refused, match="without front matter"):
        with_scores(b"<h1>Hops</h1>", SCORES, must_have=True)
    assert YAML in with_scores(b"---\nlayout: page\n---\n<h1>Hops</h1>", SCORES, must_have=True).decode()


def test_scores_are_never_read_as_a_persons_labels() -> None:
    """Neither by `gating score` nor by `gating train`, which also looks at loose names."""
    front = split_front_matter(with_scores(BODY.encode(), SCORES).decode())
    assert dict(front.values) == {f"gating_scores.{name}": value for name, value in SCORES.items()}
    assert labels_in(dict(front.values), {}) == {}


LINE = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=20) | st.sampled_from(
    ["title: Hops", "tags: [a]", "  - x", "gating_scores:", "  gate: gated", "gating_scores: {}", "# note", "---", "+++", "x = 1", "[gating_scores]", "{", "}", "| "]
)


@given(st.lists(LINE, max_size=8), st.sampled_from(["---\n", "+++\n", ""]), st.sampled_from(["\n", "\r\n"]))
def test_any_front_matter_is_kept_or_left_alone(lines: list[str], fence: str, end: str) -> None:
    """All that stood there stands there in its order, but for an entry of ours; the body is untouched."""
    before = "".join(f"{line}\n" for line in (*([fence.strip()] if fence else []), *lines, *([fence.strip()] if fence else []), "Body.")).replace("\n", end)
    with contextlib.suppress(Refused):
        after = with_scores(before.encode(), SCORES).decode()
        assert with_scores(after.encode(), SCORES).decode() == after
        old, new = split_front_matter(clean(before)), split_front_matter(clean(after))
        assert new.body == old.body
        assert [pair for pair in new.values if not pair[0].startswith("gating_scores")] == [pair for pair in old.values if not pair[0].startswith("gating_scores")]
