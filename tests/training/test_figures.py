import numpy as np
import pytest

from gating.errors import ExamplesError
from gating.training import figures
from gating.training.figures import MIN_SITES, common_columns, load_figures, save_figures, stack
from gating.training.fit import site_numbers
from tests.training.data import small_table


def test_figures_come_back_as_they_were(tmp_path):
    """Saved and loaded, a table has the same rows, signals and counts in every column that was kept."""
    table = small_table()
    save_figures(table, tmp_path)
    again = load_figures(tmp_path)
    assert [(row.id, row.labels, row.flags, row.confidence, row.site) for row in again.rows] == [(row.id, row.labels, row.flags, row.confidence, row.site) for row in table.rows]
    np.testing.assert_array_equal(again.signals, table.signals)
    for family, matrix in table.words.items():
        kept = common_columns(matrix, site_numbers(table), MIN_SITES[family])
        assert (again.words[family][:, kept] != matrix[:, kept].minimum(255)).nnz == 0
        assert again.words[family].nnz == matrix[:, kept].nnz


def test_saving_twice_gives_the_same_bytes(tmp_path):
    """The figures file depends on the rows alone."""
    save_figures(small_table(), tmp_path / "a")
    save_figures(small_table(), tmp_path / "b")
    assert (tmp_path / "a" / figures.NPZ).read_bytes() == (tmp_path / "b" / figures.NPZ).read_bytes()


def test_no_sentence_is_kept(tmp_path):
    """The files hold no word of the texts: not even a long rare one from the first example."""
    table = small_table()
    save_figures(table, tmp_path)
    text = (tmp_path / figures.TSV).read_text(encoding="utf-8")
    assert "lineage" not in text.lower()
    assert len(text.splitlines()) == len(table) + 1


def test_figures_of_other_features_are_refused(tmp_path, monkeypatch):
    """Figures made for another catalogue raise a sentence that names the way out."""
    save_figures(small_table(), tmp_path)
    monkeypatch.setattr(figures, "fingerprint", lambda: "another")
    with pytest.raises(ExamplesError, match=r"make_figures\.py"):
        load_figures(tmp_path)


def test_missing_figures_are_a_sentence(tmp_path):
    """A folder without figures raises a sentence with its name."""
    with pytest.raises(ExamplesError, match="no feature figures"):
        load_figures(tmp_path)


def test_stacked_tables_keep_order():
    """Rows of the first table come first."""
    table = small_table()
    both = stack([table.take(np.arange(3)), table.take(np.arange(3, 7))])
    assert [row.id for row in both.rows] == [row.id for row in table.rows[:7]]
    assert (both.words["pairs"] != table.words["pairs"][:7]).nnz == 0


def test_a_headline_in_a_path_is_cut():
    """A file named by a whole headline keeps six words and a digest; short names stay, and different names stay different."""
    assert figures.short_path("src/blog/2021-why-we-moved.md") == "src/blog/2021-why-we-moved.md"
    one, other = (figures.short_path(f"posts/ten-things-that-every-new-keeper-of-bees-should-{verb}.md") for verb in ("know", "own"))
    assert one.startswith("posts/ten-things-that-every-new-keeper~")
    assert one != other
