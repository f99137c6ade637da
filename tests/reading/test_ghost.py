"""Ghost exports."""

import json

import pytest

from gating.records import Skipped
from tests.conftest import ReadAll
from tests.exports import BREAD, pieces_of, shown, skipped_of


def post(**fields: object) -> dict[str, object]:
    return {"id": "p1", "title": "Rye losses", "slug": "rye", "html": f"<p>{BREAD}</p>", "status": "published", "visibility": "public", "type": "post",
            "published_at": "2024-03-09T10:00:00.000Z", "updated_at": "2024-04-01T10:00:00.000Z", **fields}  # fmt: skip


def export(*posts: dict[str, object], flat: bool = False, **tables: object) -> str:
    data = {"meta": {"exported_on": 1, "version": "5.0"}, "data": {"posts": list(posts), **tables}}
    return json.dumps(data if flat else {"db": [data]})


@pytest.mark.parametrize("flat", [False, True])
def test_both_shapes_are_read(read_all: ReadAll, flat: bool) -> None:
    """Wrapped in "db" or not, with tags and the description of posts_meta."""
    tables = {"tags": [{"id": "t1", "name": "Mills"}], "posts_tags": [{"post_id": "p1", "tag_id": "t1"}], "posts_meta": [{"post_id": "p1", "meta_description": "Lose less"}]}
    (piece,) = pieces_of(read_all("ghost.json", export(post(), flat=flat, **tables)))
    known = dict(piece.metadata)
    assert (piece.id, piece.url, piece.description) == ("p1", "/rye/", "Lose less")
    assert (known["type"], known["date"], known["modified"], known["tags"]) == ("post", "2024-03-09", "2024-04-01", "Mills")


def test_users_and_keys_are_never_read(read_all: ReadAll) -> None:
    """Whatever stands in users and settings is in no piece."""
    tables = {"users": [{"id": "1", "name": "Ann", "email": "ann@mill.example", "password": "hash"}], "settings": [{"key": "ghost_private_key", "value": "hash"}],
              "posts_authors": [{"post_id": "p1", "author_id": "1"}]}  # fmt: skip
    results = read_all("ghost.json", export(post(), **tables))
    assert len(results) == 1
    assert not any(word in repr(results) for word in ("Ann", "mill.example", "hash"))


def test_drafts_are_summed_up(read_all: ReadAll) -> None:
    """Drafts and scheduled posts make one line; a post that went out by e-mail was published."""
    results = read_all("ghost.json", export(post(), post(id="p2", status="draft"), post(id="p3", status="scheduled"), post(id="p4", status="sent")))
    assert [piece.id for piece in pieces_of(results)] == ["p1", "p4"]
    assert "2 unpublished items (draft 1, scheduled 1)" in skipped_of(results)[0].reason


@pytest.mark.parametrize(("visibility", "verdict"), [("public", "ungated"), ("members", "gated"), ("paid", "gated")])
def test_visibility_is_the_gate(read_all: ReadAll, visibility: str, verdict: str) -> None:
    """Posts for members are gated."""
    (piece,) = pieces_of(read_all("ghost.json", export(post(visibility=visibility))))
    assert piece.observed.verdict == verdict


def test_text_before_the_paywall_is_a_preview(read_all: ReadAll) -> None:
    """Where members only read on after some paragraphs, the piece is half open; all of it is read."""
    (piece,) = pieces_of(read_all("ghost.json", export(post(visibility="members", html=f"<p>{BREAD}</p><!--members-only--><p>{BREAD}</p>"))))
    assert piece.observed.verdict == "soft-gate"
    assert len(piece.blocks) == 2
    assert dict(piece.metadata)["paywall"] == f"after {len(BREAD.split())} words"


def test_lexical_is_read_where_there_is_no_html(read_all: ReadAll) -> None:
    """Ghost 5 and later: cards for buttons and calls to action, and the paywall card."""
    nodes = [{"type": "paragraph", "children": [{"type": "extended-text", "text": BREAD}]}, {"type": "button", "buttonText": "Get the sheet", "buttonUrl": "__GHOST_URL__/sheet/"},
             {"type": "paywall"}, {"type": "markdown", "markdown": "## More\n\nFor *members*."}]  # fmt: skip
    (piece,) = pieces_of(read_all("ghost.json", export(post(html=None, visibility="paid", lexical=json.dumps({"root": {"type": "root", "children": nodes}})))))
    assert shown(piece) == [("paragraph", BREAD), ("button", "Get the sheet"), ("heading", "More"), ("paragraph", "For members.")]
    assert [link.href for link in piece.links] == ["/sheet/"]
    assert "paywall" in dict(piece.metadata)


def test_mobiledoc_is_read_where_there_is_no_html(read_all: ReadAll) -> None:
    """Ghost 1 to 4: sections of markers with markups, lists and cards."""
    document = {
        "version": "0.3.1",
        "atoms": [["soft-return", "", {}]],
        "markups": [["a", ["href", "https://mill.example"]], ["strong"]],
        "cards": [["html", {"html": "<blockquote>Grind less.</blockquote>"}], ["paywall", {}]],
        "sections": [
            [1, "h2", [[0, [], 0, "At night"]]],
            [1, "p", [[0, [], 0, BREAD + " See "], [0, [0, 1], 2, "the mill"]]],
            [3, "ul", [[[0, [], 0, "rye"]]]],
            [10, 0],
            [10, 9],
            5,
        ],
    }  # fmt: skip  (card 9 is not there, and 5 is no section)
    (piece,) = pieces_of(read_all("ghost.json", export(post(html="", mobiledoc=json.dumps(document)))))
    assert shown(piece) == [("heading", "At night"), ("paragraph", f"{BREAD} See the mill"), ("item", "rye"), ("quote", "Grind less.")]
    assert [link.href for link in piece.links] == ["https://mill.example"]


@pytest.mark.parametrize(
    "content", ['{"db": [{"data": {"posts": 5, "mobiledoc": ""}}]}', '{"db": ["posts", "lexical"], "x": "posts"}', '{"db": [{"posts": "lexical", ' + '"a": {' * 9000]
)
def test_broken_export_is_one_line(read_all: ReadAll, content: str) -> None:
    """What looks like Ghost and is not gives a reason."""
    (result,) = read_all("ghost.json", content.replace('"posts": "lexical"', '"posts": [], "lexical": 1'))
    assert isinstance(result, Skipped)
    assert "the program failed" not in result.reason
