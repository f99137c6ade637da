"""What is fuzzed: for each reader the name under which it gets its bytes, seeds of our own, and pieces of its format."""

from __future__ import annotations

import gzip
import io
import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mutate import mutate_database, mutate_json, mutate_text, mutate_zip

from tests.builders import PROSE, docx_bytes, pdf_bytes, xlsx_bytes, zip_bytes
from tests.documents import eml_bytes, epub_bytes, odt_bytes, pptx_bytes, rtf_bytes
from tests.exports import BREAD, wp_item, wxr

ROOT = Path(__file__).resolve().parents[2]
SELECT = "SELECT * FROM posts"
KINDS = [("title", "Crates"), ("h2", "Weighing"), ("p", PROSE), ("quote", BREAD), ("bullets", ["Lid", "Base"]), ("table", [["Day", "Crates"], ["Mon", "40"]])]
HTML = (
    '<a href="https://a.example/x?y=1#z">', "</a>", '<form action="/lead" method="post">', '<input type="email" name="email" required>', "</form>", "<button>", '<div class="gated paywall">',
    '<div style="display:none">', "<table><tr><td>", "</table>", "<ul><li>", "<pre><code>", "<blockquote>", "<template>", "<noscript>", "<svg><title>", "<math>", "<script>", "</script>",
    '<script type="application/ld+json">{"@type":"Article","isAccessibleForFree":false}</script>', '<meta name="description" content="', '<meta charset="utf-16">', "<title>", "<select><option>",
    '<iframe src="https://forms.example/embed">', "<!--more-->", "<!--", "-->", "<![CDATA[", '<label for="e">', "<h1>", "<h6>", '<p class="MsoNormal">', "<base href='//x'>", "<br>", "<textarea>",
    '<html lang="de">', "hbspt.forms.create({portalId:'1',formId:'2'})", '<div data-form-id="7">', "<details><summary>", "<!-- gating: ignore -->",
)  # fmt: skip
MARKDOWN = (
    "---\ntitle: x\n---\n", "+++\na = 1\n+++\n", "# ", "###### ", "- [ ] ", "* ", "1. ", "> ", "```\n", "~~~", "| a | b |\n|---|---|\n| c | d |\n", "[x](y)", "![x](y)", "[^1]", "[^1]: note\n",
    "[x]: /y 'z'\n", "<div>", "</div>", "{{< form id=1 >}}", "{% raw %}", "{{ x }}", "[gravityform id=1]", ":::note\n", "===\n", "---\n", "***", "~~", "<!-- x -->", "&amp;", "\\", "`", "  \n",
    "import A from 'a'\n", "export const a = {\n", "<A b={c} />", "{/* x */}", "gated: true\n", "gating:\n  stage: decision\n", "&x *x", "!!python/object", "? a\n: b\n", "a: |\n  b\n",
)  # fmt: skip
JSON = (
    "{", "}", "[", "]", '"', ":", ",", "null", "true", "NaN", "Infinity", "-0", "1e309", '{"a":', '["a",', '"\\ud83d"', '"\\u2028"', '"title": 1', '"text": []', '"html": "<p>x"', '"url": {}',
    '"id": null', '"status": "draft"', '"_type": "block"', '"children": [{"text": 7}]', '"mobiledoc": "{\\"sections\\":[[1,\\"p\\",[[0,[0],9,\\"x\\"]]]]}"', '"lexical": "{\\"root\\":{}}"',
    '"markups": [["a",["href"]]]', '"cards": [["html",{"html":7}]]', '"sections": [[10,99]]', '"nodeType": "embedded-entry-block"', '"content": null', '"sys": {"id": [1]}', '"fields": {"t": {"en": 1}}',
    '"locales": 7', '"posts_tags": [{"post_id": {}}]', '"posts": {"a": 1}', '"tags": "x"', '"listItem": "number", "level": "x"', '"markDefs": [7]', '"marks": [[]]', '"published_at": 1e20',
    '"date": "0000-99-99"', '"version": "https://jsonfeed.org/version/1.1"', '"items": [[]]', '"_updatedAt": []', '"slug": {"current": 3}',
)  # fmt: skip
CSV = (
    ",", ";", "\t", '"', '""', "\r\n", "\n", "sep=;\n", "title,text,url\n", "# note\n", "stage", "gate", "strategy", "awareness/decision", "yes", "=1+1", "'=x", "draft", "status",
    "http status code,content type\n", "404",
)  # fmt: skip
XML = (
    "<item>", "</item>", "<![CDATA[", "]]>", "<?xml version='1.0' encoding='utf-16'?>", "<?xml version='1.0' encoding='utf-7'?>", "<!DOCTYPE a [<!ENTITY b 'c'>]>", "&b;", "<a:b>", "</a:b>", "<!--", "-->",
    "xmlns:x='y'", "<content:encoded>", "<wp:postmeta><wp:meta_key>", "_elementor_data", '[{"elType":"widget","settings":{"editor":7}}]', "<wp:status>", "<wp:post_parent>", "<category domain='post_tag'>",
    "<pubDate>Mon, 99 Foo 99999 25:61:61 +9999</pubDate>", "<guid isPermaLink='x'>", "<entry>", "<loc>", "<lastmod>9999-12-31T23:59:59+99:99</lastmod>", "<sitemap>", "<content type='xhtml'>",
    "<content type='application/xml' mode='base64'>", "<itunes:summary>", "<media:content url='x'/>", "[gravityform id='1']", "<!-- wp:form {\"a\":1} -->", "[caption", "<wp:post_id>",
)  # fmt: skip
WORD = (
    "<w:p>", "</w:p>", "<w:r><w:t>", "</w:t></w:r>", "<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>", "<w:hyperlink r:id='rId9'>", "<w:pStyle w:val='Heading99'/>", "<w:numPr><w:ilvl w:val='x'/>",
    "<w:sdt><w:sdtContent>", "<w:ins>", "<w:del>", "<w:txbxContent>", "<w:fldSimple w:instr='HYPERLINK'>", "<w:gridSpan w:val='-1'/>", "<w:vMerge/>", "<w:br/>", "<w:sym w:char='ZZZZ'/>", "<w:outlineLvl w:val='77'/>",
    "Target='x' TargetMode='External'", "<Relationship Id='rId9' Type='t' Target='../../x'/>", "<Override PartName='/word/x.xml' ContentType='y'/>", "<w:basedOn w:val='Normal'/>", "<mc:AlternateContent>", "w:val=''",
)  # fmt: skip
OFFICE = (
    "<text:p>", "</text:p>", "<text:h text:outline-level='x'>", "<text:list>", "<text:list-item>", "<table:table-cell table:number-columns-repeated='999999999'>", "<text:s text:c='999999999'/>", "<text:s text:c='-1'/>",
    "<text:tab/>", "<draw:frame>", "<office:annotation>", "<text:tracked-changes>", "<text:a xlink:href='//['>", "<dc:title>", "<style:style style:name='P1' style:parent-style-name='P1'/>", "<meta:keyword>",
    "<a:p>", "<a:r><a:t>", "<p:sp>", "<p:grpSp>", "<a:tbl>", "<a:tc gridSpan='99999'>", "<p:ph type='zzz' idx='-1'/>", "<p:sldId id='0' r:id='rId999'/>", "<a:hlinkClick r:id=''/>", "Target='/'", "lvl='99'",
    "<itemref idref='c9'/>", "<item id='c1' href='../../../../x' media-type='a'/>", "full-path=''", "<spine>", "<rootfile>", "href='%zz'", "<row r='0'>", "<c r='ZZZZ99' t='s'><v>99</v></c>", "<c r='A1' t='e'>",
    "<si><t>", "<sheet name='' sheetId='x' r:id='rId9'/>", "<dimension ref='A1:XFD1048576'/>", "<f>1+1</f>", "<mergeCell ref='A1:'/>",
)  # fmt: skip
RTF = (
    "{", "}", "\\", "\\par ", "\\'e9", "\\'", "\\'zz", "\\u-1?", "\\u99999999?", "\\uc99999999 ", "\\uc-1 ", "\\bin99999 ", "\\bin-1 ", "\\*", "{\\*\\x ", "\\cpg99999", "\\ansicpg0 ", "\\fcharset222 ", "\\trowd\\cellx1 ", "\\cell ",
    "\\row ", "\\intbl ", "\\s99 ", "\\outlinelevel99 ", "{\\field{\\*\\fldinst HYPERLINK \"x\"}{\\fldrslt y}}", "{\\info{\\title ", "{\\fonttbl", "{\\stylesheet", "{\\pict ", "\\listtext ", "\\ls1", "\\v ", "\\deleted ", "\\~", "\\_",
    "\\line ", "\\tab ", "\\upr", "\\ud83d", "\\u-10179?",
)  # fmt: skip
MAIL = (
    "Subject: ", "=?utf-8?q?=E2=80=AE?=", "=?utf-16?b?AAAA?=", "=?x-unknown?q?a?=", "=?utf-8?b?////?=", "Content-Type: multipart/mixed; boundary=", "Content-Type: text/html; charset=utf-7\n", "charset=idna", "charset=\"\"",
    "Content-Transfer-Encoding: base64\n", "Content-Transfer-Encoding: x-uuencode\n", "Content-Transfer-Encoding: quoted-printable\n", "=\n", "=ZZ", "Date: Thu, 99 Foo 99999 25:61 +9999\n", "From: ", "<a@b>, \"", "Message-ID: <", "\n\n",
    "--b\n", "--b--\n", "List-Unsubscribe: <x>", "Content-Disposition: attachment; filename*=utf-16''%00", "filename*0*=", "begin 644 x\n", "Content-Type: message/rfc822\n", "Content-Type: ", "MIME-Version: ", "format=flowed; delsp=yes",
)  # fmt: skip
PDF = (
    "obj", "endobj", "stream\n", "endstream", "<<", ">>", "/Type /Page", "/Kids [3 0 R]", "/Count -1", "/Parent 2 0 R", "/Contents 4 0 R", "BT /F1 12 Tf 50 700 Td (", ") Tj ET", "\\377\\376\\330\\000", "/MediaBox [0 0 1e30 1e30]",
    "/Encrypt 5 0 R", "/Title (", "/Title <FEFFD800202E>", "/Outlines 6 0 R", "/Annots [7 0 R]", "/A << /S /URI /URI (http://x) >>", "/Filter /FlateDecode", "/Length 0", "startxref\n0", "%%EOF", "/ToUnicode 8 0 R", "0 0 0 rg",
    "1 0 0 1 0 0 Tm", "TJ", "/Root 1 0 R", "/W [1 2 1]", "/Size 99999999",
)  # fmt: skip
WARC = (
    "WARC/1.0\r\n", "WARC/9.9\r\n", "WARC-Type: response\r\n", "WARC-Type: resource\r\n", "Content-Length: 0\r\n", "Content-Length: 99999999\r\n", "Content-Length: -1\r\n", "WARC-Target-URI: <x>\r\n", "HTTP/1.1 200 OK\r\n",
    "HTTP/1.1 999\r\n", "Content-Encoding: gzip\r\n", "Content-Encoding: br\r\n", "Content-Encoding: deflate\r\n", "Transfer-Encoding: chunked\r\n", "ffffffff\r\n", "0\r\n\r\n", "\r\n\r\n", "Content-Type: text/html; charset=utf-7\r\n",
    "Content-Type: application/pdf\r\n", "WARC-Date: 0\r\n", "WARC-Truncated: length\r\n", "WARC-Segment-Number: 2\r\n", "Content-Type: application/json\r\n",
)  # fmt: skip


@dataclass(frozen=True)
class Target:
    """One reader. `name` is that of the file that it is given; `seeds` are made when it is fuzzed."""

    name: str
    seeds: Callable[[], list[bytes]]
    fragments: tuple[str, ...]
    mutate: Callable[..., bytes] = mutate_text


def _sample(name: str) -> bytes:
    return (ROOT / "samples" / name).read_bytes()


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


def _markdown() -> list[bytes]:
    marks = f"---\ntitle: Crates\ngated: yes\ntags: [a, b]\n---\n\n# Crates\n\n{PROSE}\n\n> {BREAD}\n\n1. Lid\n   - Base\n\n| Day | Crates |\n|---|---|\n| Mon | 40 |\n\n```py\nx = 1\n```\n\n[Get it](https://a.example/get)\n"
    return [
        marks.encode(),
        _sample("drafts/what-is-cold-chain-drift.md")[:6000],
        _sample("drafts/crm-for-vets-compared.mdx")[:6000],
        f"Crates\n===\n\n{PROSE}\n\n<div>{BREAD}</div>\n\n[x]: /y\n".encode(),
    ]


def _front() -> list[bytes]:
    heads = (
        "---\ntitle: Crates\nnested:\n  a: [1, 2]\n  b: {c: d}\ndate: 2024-02-30\ngating:\n  stage: decision\n  ignore: [gate]\n---\n", '+++\ntitle = "Crates"\ndate = 2024-02-03\n[gating]\nstage = "decision"\n+++\n',
        '{"title": "Crates", "nested": {"a": [1, {"b": null}]}}\n', "---\ntitle: Plans: a guide\nurl: x\n\n", "---\nlong: >\n  a\n  b\nquoted: \"\\u2028\"\n---\n",
    )  # fmt: skip
    return [f"{head}\n{PROSE}\n".encode() for head in heads]


def _pages() -> list[bytes]:
    page = (
        '<!doctype html><html lang="en"><head><title>Crates</title><meta name="description" content="How crates are counted"><link rel="canonical" href="https://a.example/c">'
        '<script type="application/ld+json">{"@type": "Article", "headline": "Crates"}</script></head><body><nav><a href="/">Home</a></nav><main><h1>Crates</h1>'
        f'<p>{PROSE}</p><ul><li>Lid<li>Base</ul><table><tr><td>Mon<td>40</table><div class="paywall"><form action="/lead"><label>Work email <input type="email" name="email"></label>'
        "<button>Download the report</button></form></div><pre>x</pre></main><footer>2024</footer></body></html>"
    )
    return [page.encode(), _sample("drafts/webinar-registration.html")[:8000], _sample("drafts/pricing.html")[:8000], page.encode("utf-16")]


def _wordpress() -> list[bytes]:
    elementor = json.dumps([{"elType": "widget", "widgetType": "text-editor", "settings": {"editor": f"<p>{BREAD}</p>"}, "elements": []}])
    blocks = f'<!-- wp:paragraph {{"a":1}} --><p>{BREAD}</p><!-- /wp:paragraph -->[gravityform id="1"][caption id="x"]A[/caption]<!--more--><!-- wp:jetpack/contact-form /-->'
    return [
        wxr(wp_item(), wp_item(content=blocks, kind="page", number=8)).encode(),
        wxr(wp_item(content="", meta={"_elementor_data": elementor}, terms=[("category", "Rye")])).encode(),
        wxr(wp_item(status="draft")).encode(),
    ]


def _feeds() -> list[bytes]:
    rss = f'<?xml version="1.0"?><rss version="2.0"><channel><title>Mill</title><item><title>Rye</title><link>https://a.example/r</link><pubDate>Sat, 09 Mar 2024 10:00:00 GMT</pubDate><description><![CDATA[<p>{BREAD}</p>]]></description></item></channel></rss>'
    atom = f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Mill</title><entry><id>urn:1</id><title>Rye</title><link href="https://a.example/r"/><updated>2024-03-09T10:00:00Z</updated><content type="html">&lt;p&gt;{BREAD}&lt;/p&gt;</content></entry></feed>'
    rdf = f'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><item rdf:about="https://a.example/r"><title>Rye</title><description>{BREAD}</description></item></rdf:RDF>'
    return [rss.encode(), atom.encode(), rdf.encode(), rss.encode("utf-16")]


def _sitemaps() -> list[bytes]:
    urls = "".join(f"<url><loc>https://a.example/{n}</loc><lastmod>2024-03-0{n}</lastmod></url>" for n in range(1, 5))
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return [
        f'{head}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode(),
        f"{head}<sitemapindex><sitemap><loc>https://a.example/s.xml</loc></sitemap></sitemapindex>".encode(),
    ]


def _ghost() -> list[bytes]:
    lexical = json.dumps(
        {"root": {"children": [{"type": "paragraph", "children": [{"type": "text", "text": BREAD, "format": 1}]}, {"type": "html", "html": "<p>x</p>"}, {"type": "paywall"}]}}
    )
    mobiledoc = json.dumps(
        {
            "version": "0.3.1",
            "markups": [["a", ["href", "https://a.example"]]],
            "atoms": [["soft-return", "", {}]],
            "cards": [["markdown", {"markdown": BREAD}]],
            "sections": [[1, "p", [[0, [0], 1, BREAD]]], [10, 0], [3, "ul", [[[0, [], 0, "Lid"]]]]],
        }
    )
    post = {"id": "p1", "title": "Rye", "slug": "rye", "status": "published", "visibility": "paid", "published_at": "2024-03-09T10:00:00.000Z"}
    posts = [
        {**post, "html": f"<p>{BREAD}</p><!--members-only--><p>{PROSE}</p>"},
        {**post, "id": "p2", "lexical": lexical},
        {**post, "id": "p3", "mobiledoc": mobiledoc, "status": "draft"},
    ]
    tables = {
        "posts": posts,
        "tags": [{"id": "t1", "name": "Mills"}],
        "posts_tags": [{"post_id": "p1", "tag_id": "t1"}],
        "posts_meta": [{"post_id": "p1", "meta_description": "Lose less"}],
    }
    data = {"meta": {"exported_on": 1}, "data": tables}
    return [_json({"db": [data]}), _json(data)]


def _contentful() -> list[bytes]:
    def entry(id_: str, kind: str, **fields: object) -> dict[str, object]:
        return {
            "sys": {"id": id_, "contentType": {"sys": {"id": kind}}, "publishedAt": "2024-03-09T00:00:00Z"},
            "fields": {name: {"en-GB": value} for name, value in fields.items()},
        }

    rich = {
        "nodeType": "document",
        "content": [
            {"nodeType": "paragraph", "content": [{"nodeType": "text", "value": BREAD, "marks": [{"type": "bold"}]}]},
            {"nodeType": "hyperlink", "data": {"uri": "x"}, "content": []},
        ],
    }
    link = {"sys": {"type": "Link", "linkType": "Entry", "id": "s"}}
    entries = [
        entry("a", "post", title="Rye", slug="rye", body=rich),
        entry("p", "page", title="Mill", slug="mill", sections=[link]),
        entry("s", "section", copy=f"**Weigh** {BREAD}"),
    ]
    return [
        _json({"contentTypes": [], "locales": [{"code": "en-GB", "default": True}], "entries": entries}),
        _json({"sys": {"type": "Array"}, "items": [{**entries[0], "fields": {"title": "Rye", "slug": "rye", "body": BREAD}}]}),
    ]


def _sanity() -> list[bytes]:
    block = {
        "_type": "block",
        "style": "normal",
        "listItem": "bullet",
        "level": 1,
        "markDefs": [{"_key": "k", "_type": "link", "href": "x"}],
        "children": [{"_type": "span", "text": BREAD, "marks": ["k", "strong"]}],
    }
    documents = [
        {"_id": "a", "_type": "post", "title": "Rye", "slug": {"current": "rye"}, "body": [block, {"_type": "image"}], "_updatedAt": "2024-03-09T10:00:00Z"},
        {"_id": "drafts.b", "_type": "post", "title": "Oats", "body": BREAD},
        {"_id": "c", "_type": "sanity.imageAsset"},
    ]
    return [b"\n".join(map(_json, documents))]


def _tables() -> list[bytes]:
    crawl = f'Address,Content Type,Status Code,Title 1,Text\nhttps://a.example/r,text/html,200,Rye,"{BREAD}"\nhttps://a.example/p,image/png,404,,\n'
    return [
        f'id,title,text,url,gated,status\n1,Crates,"{PROSE}",https://a.example/c,yes,draft\n2,Rye,"{BREAD}",,no,published\n'.encode(),
        f"sep=;\ntitle;text\nRye;{BREAD}\n".encode("utf-16"),
        crawl.encode(),
        b"url,title\nhttps://a.example/1,One\n",
    ]


def _json_tables() -> list[bytes]:
    rows = [
        {"id": 1, "title": "Crates", "text": PROSE, "tags": ["a"], "seo": {"description": "x"}},
        {"id": 2, "attributes": {"title": "Rye", "body": f"<p>{BREAD}</p>", "status": "draft"}},
    ]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Mill",
        "items": [{"id": "1", "url": "https://a.example/r", "title": "Rye", "content_html": f"<p>{BREAD}</p>", "date_published": "2024-03-09T10:00:00Z"}],
    }
    doc = {
        "posts": [
            {
                "title": "Rye",
                "content": {"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": BREAD, "marks": [{"type": "link", "attrs": {"href": "x"}}]}]}]},
            }
        ]
    }
    return [_json({"posts": rows}), _json(feed), _json(doc), _json({"data": {"nodes": [{"node": rows[0]}]}}), _json(rows)]


def _database() -> list[bytes]:
    connection = sqlite3.connect(":memory:")
    connection.execute("PRAGMA page_size = 1024")
    connection.execute("CREATE TABLE posts (id INTEGER, title TEXT, text TEXT, body BLOB, status TEXT)")
    connection.executemany("INSERT INTO posts VALUES (?, ?, ?, ?, ?)", [(1, "Rye", BREAD, b"\xff", "published"), (2, "Crates", PROSE, None, "draft")])
    connection.commit()
    return [connection.serialize()]


def _pdf() -> list[bytes]:
    text = "".join(f"BT /F1 12 Tf 50 {700 - 20 * n} Td ({words}) Tj ET\n" for n, words in enumerate(PROSE.split(", ")))
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
               f"<< /Length {len(text)} >>\nstream\n{text}endstream", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>", "<< /Title (Crates) >>"]  # fmt: skip
    body = "".join(f"{number} 0 obj\n{content}\nendobj\n" for number, content in enumerate(objects, 1))
    plain = f"%PDF-1.4\n{body}trailer << /Root 1 0 R /Info 6 0 R /Size 7 >>\nstartxref\n0\n%%EOF\n"  # without a table of places, which every change would break
    return [plain.encode(), pdf_bytes([[(20.0, "Crates"), (10.0, PROSE[:100]), (10.0, PROSE[100:200])], [(10.0, BREAD[:90])]], title="Crates")]


def _docx() -> list[bytes]:
    small = _without(
        docx_bytes([("Heading 1", "Crates"), ("", PROSE), ("table", [["Day", "Crates"], ["Mon", "40"]]), ("List Bullet", "Lid"), ("Quote", BREAD)]),
        "theme",
        "thumbnail",
        "stylesWithEffects",
        "webSettings",
        "customXml",
        "fontTable",
    )
    return [small]


def _without(data: bytes, *parts: str) -> bytes:
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return zip_bytes({name: archive.read(name) for name in archive.namelist() if not any(part in name for part in parts)})


def _mails() -> list[bytes]:
    return [
        eml_bytes(f"<table><tr><td>{PROSE}</td></tr></table>", PROSE, Subject="Crates – and lids", From="Ada <ada@a.example>", Date="Sat, 09 Mar 2024 10:00:00 +0000"),
        eml_bytes("", BREAD, Subject="Rye"),
        eml_bytes(f"<p>{BREAD} é</p>", Subject="é"),
    ]


def _warcs() -> list[bytes]:
    def record(body: bytes, head: str) -> bytes:
        block = f"HTTP/1.1 200 OK\r\n{head}\r\n\r\n".encode() + body
        return (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.example/r\r\nWARC-Date: 2026-03-05T07:08:09Z\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n".encode()
            + block
            + b"\r\n\r\n"
        )

    page = f"<html><head><title>Rye</title></head><body><p>{BREAD}</p></body></html>".encode()
    return [
        record(page, "Content-Type: text/html; charset=utf-8"),
        record(gzip.compress(page, mtime=0), "Content-Type: text/html\r\nContent-Encoding: gzip")
        + record(b"5\r\n" + page[:5] + b"\r\n%x\r\n" % (len(page) - 5) + page[5:] + b"\r\n0\r\n\r\n", "Content-Type: text/html\r\nTransfer-Encoding: chunked"),
    ]


def _labels() -> list[bytes]:
    return [
        b"id,strategy,stage,gate,format\n1,lead gen,TOFU,yes,Blog post\n2,Demand,middle funnel,soft,ebook\n",
        b"title;funnel stage;gated\nRye;awareness / decision;no\n",
        _sample("labels/pottergate.csv")[:3000],
    ]


def _zips() -> list[bytes]:
    notion = {
        "Content abc/Rye 0123456789abcdef0123456789abcdef.md": f"# Rye\n\nStatus: Done\nURL: https://a.example\n\n{BREAD}\n".encode(),
        "Content abc.csv": b"Name,Status\nRye,Done\n",
    }
    substack = {"posts.csv": b"post_id,post_date,is_published,title,audience\n1.rye,2024-03-09,true,Rye,everyone\n", "posts/1.rye.html": f"<p>{BREAD}</p>".encode()}
    return [
        zip_bytes({"a.md": PROSE.encode(), "b/page.html": f"<p>{PROSE}</p>".encode(), "c.json": _json([{"title": "Rye", "text": BREAD}])}),
        zip_bytes(notion),
        zip_bytes(substack),
        zip_bytes({"in.zip": zip_bytes(notion)}),
    ]


TARGETS = {
    "markdown": Target("piece.md", _markdown, MARKDOWN + HTML),
    "html": Target("page.html", _pages, HTML),
    "csv": Target("table.csv", _tables, CSV + HTML[:12]),
    "json": Target("table.json", _json_tables, JSON, mutate_json),
    "wordpress": Target("export.xml", _wordpress, XML + HTML[:20]),
    "rtf": Target("piece.rtf", lambda: [rtf_bytes(KINDS), rtf_bytes(f"\\pard {PROSE}\\par", "{\\info{\\title Crates}}")], RTF),
    "docx": Target("piece.docx", _docx, WORD, mutate_zip),
    "odt": Target("piece.odt", lambda: [odt_bytes(KINDS, "<dc:title>Crates</dc:title>")], OFFICE[:16] + XML[:14], mutate_zip),
    "eml": Target("letter.eml", _mails, MAIL + HTML[:6]),
    "frontmatter": Target("front.md", _front, MARKDOWN),
    "zip": Target("export.zip", _zips, MARKDOWN[:20] + HTML[:20] + CSV, mutate_zip),
    "feed": Target("feed.xml", _feeds, XML),
    "sitemap": Target("sitemap.xml", _sitemaps, XML),
    "ghost": Target("ghost.json", _ghost, JSON + HTML[:8], mutate_json),
    "contentful": Target("space.json", _contentful, JSON, mutate_json),
    "sanity": Target("data.ndjson", _sanity, JSON, mutate_json),
    "pptx": Target("deck.pptx", lambda: [_without(pptx_bytes([*KINDS[:3], ("bullets", ["Lid"]), ("note", BREAD)], "Crates"), "theme", "Layout3", "thumbnail", "printer")], OFFICE, mutate_zip),
    "epub": Target("book.epub", lambda: [epub_bytes([f"<html><body><h1>Crates</h1><p>{PROSE}</p></body></html>"], "<dc:title>Crates</dc:title><dc:language>en</dc:language>")], OFFICE + HTML, mutate_zip),
    "sqlite": Target("site.db", _database, HTML + JSON, mutate_database),
    "xlsx": Target("sheet.xlsx", lambda: [xlsx_bytes({"Plan": [["Title", "Text", "Date"], ["Crates", PROSE, 45000.5]], "Two": [["x"]]})], OFFICE, mutate_zip),
    "pdf": Target("paper.pdf", _pdf, PDF),
    "text": Target("notes.txt", lambda: [f"Crates\n\n{PROSE}\n\n{BREAD}\n".encode(), PROSE.encode("utf-16"), f"Crates – é\r\n{PROSE}".encode("cp1252")], MARKDOWN),
    "jsonl": Target("table.jsonl", lambda: [b"\n".join(_json(row) for row in ({"title": "Rye", "text": BREAD}, {"title": "Crates", "body": [PROSE]}))], JSON, mutate_json),
    "mdx": Target("piece.mdx", lambda: [_sample("drafts/crm-for-vets-compared.mdx")[:6000], f'import A from "a"\n\n<A title="x" b={{1}} />\n\n{PROSE}\n'.encode()], MARKDOWN + HTML),
    "warc": Target("crawl.warc", _warcs, WARC + HTML[:10]),
    "labels": Target("labels.csv", _labels, CSV),
}  # fmt: skip
