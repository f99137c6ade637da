"""Contentful and Sanity: many entries, few pieces."""

import json

from tests.conftest import ReadAll
from tests.exports import BREAD, pieces_of, shown, skipped_of

LOCALES = [{"code": "de", "default": True}, {"code": "en-GB", "default": False}]


def entry(id: str, kind: str, published: bool = True, **fields: object) -> dict[str, object]:
    sys = {"id": id, "contentType": {"sys": {"id": kind}}, "createdAt": "2023-01-02T00:00:00Z", "updatedAt": "2024-04-01T00:00:00Z", "publishedCounter": int(published)}
    return {"sys": {**sys, **({"publishedAt": "2024-03-09T00:00:00Z"} if published else {})}, "fields": {name: {"en-GB": value, "de": "Brot"} for name, value in fields.items()}}


def link(id: str) -> dict[str, object]:
    return {"sys": {"type": "Link", "linkType": "Entry", "id": id}}


def rich(text: str) -> dict[str, object]:
    return {"nodeType": "document", "content": [{"nodeType": "paragraph", "content": [{"nodeType": "text", "value": text}]}]}


def export(*entries: dict[str, object]) -> str:
    return json.dumps({"contentTypes": [], "locales": LOCALES, "entries": list(entries)})


def test_contentful_post_in_english(read_all: ReadAll) -> None:
    """The English fields of an entry with a slug and a rich text; menus and labels make one line."""
    results = read_all("space.json", export(entry("a", "menu", title="Home"), entry("b", "blogPost", title="Rye", slug="rye", body=rich(BREAD)), entry("c", "menu", title="Shop")))
    (piece,) = pieces_of(results)
    known = dict(piece.metadata)
    assert (piece.id, piece.title, piece.url, shown(piece)) == ("b", "Rye", "rye", [("paragraph", BREAD)])
    assert (known["type"], known["date"], known["modified"]) == ("blogPost", "2024-03-09", "2024-04-01")
    assert "2 items (menu 2) left out as no content pieces" in skipped_of(results)[0].reason


def test_contentful_drafts_and_archived(read_all: ReadAll) -> None:
    """Unpublished entries are counted, and read when asked for."""
    archived = entry("b", "post", title="Old", slug="old", body=BREAD)
    archived["sys"]["archivedAt"] = "2024-01-01"  # type: ignore[index]
    content = export(entry("a", "post", published=False, title="New", slug="new", body=BREAD), archived)
    assert "2 unpublished items (archived 1, draft 1)" in skipped_of(read_all("space.json", content))[0].reason
    assert [piece.title for piece in pieces_of(read_all("space.json", content, drafts=True))] == ["New", "Old"]


def test_contentful_page_of_parts(read_all: ReadAll) -> None:
    """A page without a text of its own has the words of its sections, Markdown among them; the author's life stays out."""
    parts = [entry("s1", "section", heading="At night", copy=f"**Weigh** the sacks. {BREAD}"), entry("s2", "section", heading="At dawn", copy=rich(BREAD))]
    author = entry("p", "person", name="Ann", bio=BREAD)
    page = entry("l", "landingPage", title="Mill better", slug="mill", sections=[link("s1"), link("s2"), link("l")], author=link("p"))
    (piece,) = pieces_of(read_all("space.json", export(page, *parts, author)))
    assert [text for kind, text in shown(piece) if kind == "heading"] == ["At night", "At dawn"]
    assert [text[:16] for kind, text in shown(piece) if kind == "paragraph"] == ["Weigh the sacks.", BREAD[:16]]


def test_contentful_answer_of_the_delivery_api(read_all: ReadAll) -> None:
    """Plain values without locales; what that interface gives is published."""
    item = {"sys": {"id": "a", "contentType": {"sys": {"id": "post"}}}, "fields": {"title": "Rye", "slug": "rye", "body": BREAD}}
    (piece,) = pieces_of(read_all("answer.json", json.dumps({"sys": {"type": "Array"}, "items": [item]})))
    assert piece.title == "Rye"


def test_sanity_documents(read_all: ReadAll) -> None:
    """A post with its slug; pictures, authors and drafts are no pieces; a broken line costs itself only."""
    body = [{"_type": "block", "style": "normal", "children": [{"_type": "span", "text": BREAD}]}]
    post = {
        "_id": "p1",
        "_type": "post",
        "_updatedAt": "2024-04-01T00:00:00Z",
        "title": "Rye",
        "slug": {"_type": "slug", "current": "rye"},
        "publishedAt": "2024-03-09",
        "body": body,
    }
    lines = [post, {**post, "_id": "drafts.p1"}, {"_id": "image-1", "_type": "sanity.imageAsset", "title": BREAD}, {"_id": "a1", "_type": "author", "name": "Ann"}]
    results = read_all("data.ndjson", "\n".join([*map(json.dumps, lines), "{broken"]))
    (piece,) = pieces_of(results)
    assert (piece.id, piece.title, piece.url, dict(piece.metadata)["publishedat"]) == ("p1", "Rye", "rye", "2024-03-09")
    assert [result.reason[:20] for result in skipped_of(results)] == ["line 5: not valid JS", "1 unpublished item ("]
    assert "(author 1, sanity.imageAsset 1)" in skipped_of(results)[1].reason


def test_sanity_page_of_parts(read_all: ReadAll) -> None:
    """The objects of a page builder give their headings, texts and buttons."""
    parts = [{"_type": "hero", "heading": "Mill better", "text": BREAD}, {"_type": "cta", "label": "Book a visit", "url": "/visit"}]
    (piece,) = pieces_of(read_all("data.ndjson", json.dumps({"_id": "l1", "_type": "landing", "title": "Visits", "pageBuilder": parts})))
    assert shown(piece) == [("heading", "Mill better"), ("paragraph", BREAD), ("button", "Book a visit")]
