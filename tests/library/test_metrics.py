"""Sessions and conversions from files of analytics tools and from columns."""

import csv
from pathlib import Path

import pytest

from gating.errors import SourceError
from gating.library.metrics import Metrics, metrics_in, read_metrics

ANALYTICS = """# ----------------------------------------
# Pages and screens
# 20250101-20250131
# ----------------------------------------
Landing page + query string,Sessions,Active users,Average engagement time per session,Key events (all events)
,"12,310",9000,31,77
/blog/ropes,"1,204",900,12,3
/blog/ropes?utm_source=mail,16,15,10,1
(not set),40,40,0,0
"""


def metrics_of(folder: Path, text: str | bytes) -> dict[str, Metrics]:
    file = folder / "metrics.csv"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_metrics(file)


def test_an_analytics_export_with_lines_above_its_header(tmp_path: Path) -> None:
    """Comments, the row of totals and "(not set)" are no pages; a campaign's spelling of an address is added to the page."""
    assert metrics_of(tmp_path, ANALYTICS) == {"/blog/ropes": Metrics(1220, 4)}


def test_a_search_console_export(tmp_path: Path) -> None:
    """Clicks stand for sessions; it knows no conversions; position and click-through rate are neither."""
    text = "Top pages,Clicks,Impressions,CTR,Position\nhttps://www.acme.example/ropes/,81,2044,3.96%,7.1\n"
    assert metrics_of(tmp_path, text) == {"acme.example/ropes": Metrics(81, None)}


def test_a_sheet_with_a_title_and_semicolons(tmp_path: Path) -> None:
    """Saved by a spreadsheet in another country, in its encoding."""
    text = "Traffic report;;\n\nURL;Visits;Form submissions\nhttps://acme.example/café;1 050;12\n"
    assert metrics_of(tmp_path, text.encode("cp1252")) == {"acme.example/café": Metrics(1050, 12)}


def test_conversions_alone(tmp_path: Path) -> None:
    """A list of leads by page says nothing of sessions."""
    assert metrics_of(tmp_path, "Page,Leads\n/demo,4\n") == {"/demo": Metrics(None, 4)}


@pytest.mark.parametrize("text", ["Name,Colour\nropes,red\n", "", "URL,Title\n/a,b\n", "URL,Conversion rate,Sessions per user\n/a,3%,1.2\n"])
def test_a_file_without_figures_is_refused(tmp_path: Path, text: str) -> None:
    """A rate is no count; the message says which columns are wanted."""
    with pytest.raises(SourceError, match="column of addresses"):
        metrics_of(tmp_path, text)


def test_a_quote_that_never_ends_is_a_sentence(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """One broken cell swallows the rest of the file; the limit on cells is the process's, and other readers raise it."""
    before = csv.field_size_limit(131_072)
    request.addfinalizer(lambda: csv.field_size_limit(before))
    with pytest.raises(SourceError, match="not readable as CSV"):
        metrics_of(tmp_path, 'URL,Sessions\n"/ropes,' + "1\n" * 100_000)


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    """No traceback for a wrong path."""
    with pytest.raises(SourceError, match="cannot be read"):
        read_metrics(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("row", "metrics"),
    [
        ({"sessions": "12", "pageviews": "40"}, Metrics(12, None)),
        ({"ga4 sessions": "7", "ga4 conversions": "1"}, Metrics(7, 1)),
        ({"users": "", "clicks": "9"}, Metrics(9, None)),
        ({"goals": "make people care", "views": "many"}, Metrics()),
        ({"title": "Ropes", "conversion rate": "0.4"}, Metrics()),
    ],
)
def test_columns_of_an_inventory(row: dict[str, str], metrics: Metrics) -> None:
    """The surest name with a number wins; words under such a name are no figure."""
    assert metrics_in(row) == metrics
