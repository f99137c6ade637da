"""POST /v1/score: the same records as `gating score`, however the draft comes."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from gating.assess import Assessor, assess_paths
from gating.records import Finding
from gating.report.record import KEYS, record_of
from tests.builders import zip_bytes
from tests.server.conftest import DRAFT, Running


def records_of(paths: list[Path], assessor: Assessor) -> list[dict[str, object]]:
    """The records that `gating score` would write."""
    return [json.loads(json.dumps(record_of(result))) for result in assess_paths(map(str, paths), assessor)]


def upload(server: Running, name: str, data: bytes, **query: str) -> list[dict[str, object]]:
    """The records of one file sent as the body."""
    answer = httpx.post(f"{server.address}v1/score", params={"name": name, **query}, content=data, timeout=60)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["results"])


def test_a_draft_gets_its_record(server: Running) -> None:
    """One draft as JSON is answered by one record with the documented keys."""
    answer = server.score(text=DRAFT)
    assert answer.status_code == 200
    assert tuple(answer.json()) == KEYS
    assert (answer.json()["status"], answer.json()["strategy"]) == ("scored", "demand-gen")


def test_what_is_said_of_a_draft_goes_before_what_it_says_itself(server: Running) -> None:
    """Title, address and id of the request stand in the record."""
    record = server.score(markdown=f"---\ntitle: Inside\n---\n{DRAFT}", title="Outside", url="https://kettle.example/rota", id="rota-7").json()
    assert (record["title"], record["url"], record["id"]) == ("Outside", "https://kettle.example/rota", "rota-7")


@pytest.mark.parametrize("name", ["case-study-brightwater.docx", "state-of-night-shift-2026.pdf", "pricing.html", "library.csv", "newsletter-ideas.xlsx", "posts.json"])
def test_a_file_gets_the_records_of_the_command_line(server: Running, samples: Path, assessor: Assessor, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every kind of file, word for word what `gating score` says of it."""
    monkeypatch.chdir(samples)
    assert upload(server, name, (samples / name).read_bytes()) == records_of([Path(name)], assessor)


def test_a_zip_and_several_files_keep_their_order(server: Running, samples: Path) -> None:
    """Members of a zip in order; then files of a form in order, unreadable ones in their place."""
    data = zip_bytes({"a.md": DRAFT.encode(), "b.txt": b"Too short.", "c.txt": DRAFT.encode()})
    assert [(record["source"], record["status"]) for record in upload(server, "drafts.zip", data)] == [
        ("drafts.zip/a.md", "scored"), ("drafts.zip/b.txt", "skipped"), ("drafts.zip/c.txt", "scored"),
    ]  # fmt: skip
    files = [("file", ("one.md", DRAFT)), ("file", ("two.exe", b"MZ\0\0")), ("file", ("three.docx", (samples / "case-study-brightwater.docx").read_bytes()))]
    answer = httpx.post(f"{server.address}v1/score", files=files, timeout=60).json()["results"]
    assert [(record["source"], record["status"]) for record in answer] == [("one.md", "scored"), ("two.exe", "skipped"), ("three.docx", "scored")]


def test_many_pieces_come_as_lines_in_order(server: Running) -> None:
    """Accept: application/x-ndjson; a piece without text is skipped in its place."""
    pieces = [{"text": f"{DRAFT} This is number {number}.", "id": str(number)} for number in range(5)]
    pieces[2]["text"] = " "
    with httpx.stream("POST", f"{server.address}v1/score", json={"pieces": pieces}, headers={"Accept": "application/x-ndjson"}, timeout=60) as answer:
        assert answer.headers["content-type"] == "application/x-ndjson"
        records = [json.loads(line) for line in answer.iter_lines()]
    assert [(record["id"], record["status"]) for record in records] == [("0", "scored"), ("1", "scored"), ("2", "skipped"), ("3", "scored"), ("4", "scored")]


def test_explained_quotes_stand_where_it_says(server: Running, samples: Path) -> None:
    """Each quote is cut out of its block by its place."""
    (record,) = upload(server, "study.docx", (samples / "case-study-brightwater.docx").read_bytes(), explain="true")
    assert len(record["evidence"]) > 3
    for item, place in zip(record["evidence"], record["quote_places"], strict=True):
        assert record["blocks"][place["block"]]["text"][place["start"] : place["end"]] == item["quote"]


BROCHURE = """<html><head><title>How Tarn Foods halved its stock-taking</title></head><body><main>
<h1>How Tarn Foods halved its stock-taking</h1>
<p>Tarn Foods keeps four cold stores on the coast. Counting them took its people two nights a month, and the figures were old by the morning.</p>
<p>Download the case study to read how it set up handheld scanners in six weeks, why it chose them over two other systems, and what it saved.</p>
<form action="/study"><label>Name <input name="name"></label><label>Work email <input name="email" type="email"></label><label>Phone <input name="phone"></label>
<button>Download the case study</button></form></main></body></html>"""


@pytest.mark.parametrize(
    ("name", "text"), [("study.html", BROCHURE), ("study.md", f"---\ngated: true\ngating: {{stage: decision, ignore: [review]}}\n---\n{DRAFT}\n[The stock sheet](/sheet)\n")]
)
def test_a_file_as_a_draft_is_what_the_file_was(server: Running, name: str, text: str) -> None:
    """Labels, gate, today's gate, action and proposals, before anything is edited: what stood around the text is sent back with it."""
    (file,) = upload(server, name, text.encode(), flips="true")
    back = server.score(text=file["draft"], around=file["around"], title=file["title"], flips=True).json()
    lines = ("id", "evidence", "blocks", "draft", "around", "quote_places", "flips", "chain", "proposals")  # tell lines of the file, or words in its order
    assert {key: back[key] for key in back if key not in lines} == {key: file[key] for key in file if key not in lines}
    assert [(one["kind"], one["quote"]) for one in back["proposals"]] == [(one["kind"], one["quote"]) for one in file["proposals"]]
    assert (back["observed_gate"], len(back["proposals"]) > 0) == ("gated", True)


def test_the_form_of_a_draft_stands_on_a_line_of_it(server: Running) -> None:
    """Where its first field is in the draft, not where it was in the page."""
    (file,) = upload(server, "study.html", BROCHURE.encode(), explain="true")
    (form,) = file["around"]["forms"]
    assert str(file["draft"]).splitlines()[form["line"] - 1] == "Name"


def test_what_a_draft_says_itself_goes_before_what_stood_around_it(server: Running) -> None:
    """Front matter that was typed, a link that was taken out."""
    (file,) = upload(server, "post.md", f"---\ngated: true\n---\n{DRAFT}\n[The stock sheet](/sheet)\n".encode(), explain="true")
    edited = server.score(markdown=f"---\ngated: false\n---\n{DRAFT}", around=file["around"]).json()
    assert (edited["observed_gate"], edited["source"]) == ("ungated", "post.md")


def test_flips_are_found_when_asked_for(server: Running) -> None:
    """One for each of strategy, stage and gate, and what explains, too."""
    record = server.score(text=DRAFT, flips=True).json()
    assert [flip["head"] for flip in record["flips"]] == ["strategy", "stage", "gate"]
    assert record["blocks"]
    assert not {"flips", "proposals"} & set(server.score(text=DRAFT, explain=True).json())


def test_proposals_come_with_flips(server: Running) -> None:
    """An article that only offers a demo is told so, in words of its own."""
    draft = "# Why pears bruise\n\n" + f"{DRAFT} " * 3 + "\n\n[Book a demo](/demo)"
    (proposal,) = server.score(markdown=draft, flips=True).json()["proposals"]
    assert (proposal["kind"], proposal["quote"]) == ("ask-of-another-stage", "Book a demo")
    assert proposal["moves"][0]["before"] < proposal["moves"][0]["after"]


def test_policy_moves_the_gate_and_leaves_the_neutral_one(server: Running, samples: Path) -> None:
    """The policy of a request goes before the server's own, for files and for drafts."""
    name, data = "landing-pages.jsonl", (samples / "landing-pages.jsonl").read_bytes()
    neutral, moved = upload(server, name, data)[0], upload(server, name, data, policy="developer")[0]
    assert (neutral["gate"], moved["gate"]) == ("soft-gate", "ungated")
    assert neutral["gate_neutral"] == moved["gate_neutral"] == "soft-gate"


def test_a_name_leads_nowhere(server: Running) -> None:
    """A name with a path is its last part; nothing beside the body is read."""
    (record,) = upload(server, "../../etc/passwd.md", DRAFT.encode())
    assert record["source"] == "passwd.md"


def test_answers_of_the_server_and_the_library_agree(server: Running, assessor: Assessor) -> None:
    """A draft as Markdown is scored as a file of it."""
    from gating.api import read_draft

    piece = read_draft(DRAFT, assessor)
    finding: Finding = assessor.assess(piece)  # type: ignore[arg-type]
    assert server.score(markdown=DRAFT).json() == json.loads(json.dumps(record_of(finding)))


def test_no_word_of_a_draft_is_logged(server: Running) -> None:
    """Neither of one that is scored nor of one that is refused."""
    server.score(text=f"{DRAFT} Zanzibarian marker.")
    httpx.post(f"{server.address}v1/score", content=b'{"text": "Zanzibarian', headers={"Content-Type": "application/json"})
    httpx.post(f"{server.address}v1/score", params={"name": "Zanzibarian.docx"}, content=b"PK\x03\x04Zanzibarian")
    assert "Zanzibarian" not in server.log.read_text()
