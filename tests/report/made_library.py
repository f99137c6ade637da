"""A library of any size with invented pieces of many trades: for the page in a browser and for sizes and times."""

from __future__ import annotations

import random
from dataclasses import replace

from gating.records import Audit, AuditedPiece, Evidence, Form, Gate, GateParts, MixRow, ObservedGate, OfferLink, Skipped, Stage, Statement, Status, Strategy, Suggestion, Topic
from tests.builders import audit_of, audited

TOPICS = (
    "Cold storage", "Payroll for shift workers", "Clinic scheduling", "Harbour insurance", "Water metering", "School catering", "Fleet maintenance", "Tender writing",
    "Timber grading", "Night-time noise",
)  # fmt: skip
FORMS = {"awareness": ("article", "guide", "news"), "consideration": ("comparison", "webinar", "report"), "decision": ("case-study", "pricing", "product")}
TITLES = {
    "awareness": ("Why {} goes wrong in the first week", "{}: nine signs that you have outgrown the spreadsheet", "What a wet spring did to {}"),
    "consideration": ("Three ways to run {}, with their costs", "{}: how to judge a supplier before the visit", "A template for comparing offers in {}"),
    "decision": ("How a family firm halved its effort in {}", "Prices for {}", "Moving {} to us in ten days"),
}  # fmt: skip
OFFERS = ("The {} workbook", "{}: survey of 412 firms", "Book a walk through your {}")
OWNERS = ("Ines Okafor", "Tom Brandvold", "Priya Nair", "Marek", "")
SENTENCES = {
    "ungate": "Take the form away: a plain explainer behind a form only loses readers.",
    "soft-gate": "Show the result first and ask for an address only to send the file.",
    "gate": "Put a short form before it: own figures that buyers would trade an address for.",
    "add-hand-off": "Add a link to the offer that speaks of the same things.",
    "fix-hand-off": "Point the link in the last paragraph to an offer on this topic.",
    "build-offer": "No offer fits these readers yet: build one.",
    "feed-offer": "No piece leads here: link to it from the pieces on the same topic.",
    "review": "Look at it yourself: half article, half sign-up page.",
    "keep": "Keep it as it is.",
}


def made_library(count: int, seed: int = 7) -> Audit:
    """An audit of `count` pieces; the same in every run."""
    chance = random.Random(seed)
    pieces = tuple(_piece(number, chance) for number in range(count))
    gaps = tuple(tuple(sum(piece.topic == place and _stage(piece) == stage for piece in pieces) for stage in Stage) for place in range(len(TOPICS)))
    unscored = [Skipped(f"scans/{number:03}.pdf", "a PDF without text (scanned pages?)") for number in range(count // 60)]
    unscored += [Skipped(f"old/{number}.docx", "a damaged file (no end)", Status.FAILED) for number in range(3)]
    return replace(
        audit_of(*pieces, unscored=unscored, gaps=gaps),
        topics=tuple(Topic(name, tuple(name.lower().split())) for name in TOPICS),
        mix=tuple(_mix(pieces)),
        target=Statement("target", "Growth: about half of the budget on making people care, half on finding who is ready.", source="A rule of thumb for budgets, not a law."),
        effort=Statement("effort", "Write for readers who compare: consideration holds few pieces.", count=0, share=0.21),
        mistakes=(
            Statement("gates on explainers", "One in five explainers stands behind a form that asks for a phone number.", count // 50, 0.2, "Count of this library."),
            Statement("late offers", "Most links from awareness pieces ask for a demo at once.", count // 20, 0.6),
        ),
    )


def _piece(number: int, chance: random.Random) -> AuditedPiece:
    place = chance.choices(range(len(TOPICS)), weights=range(len(TOPICS), 0, -1))[0]
    topic, stage = TOPICS[place], chance.choices(list(Stage), weights=(6, 2, 3))[0].value
    stage = "awareness" if place >= 8 else stage
    strategy = chance.choices(list(Strategy), weights=(7, 3))[0].value
    title = chance.choice(OFFERS if strategy == "lead-gen" else TITLES[stage]).format(topic.lower() if strategy == "demand-gen" else topic)
    gate, today = chance.choices(list(Gate), weights=(7, 2, 1))[0], chance.choices(("ungated", "soft-gate", "gated", "unknown"), weights=(7, 1, 2, 1))[0]
    action = chance.choice(tuple(SENTENCES)) if chance.random() < 0.5 else "keep"
    action = {Gate.UNGATED: "ungate", Gate.SOFT_GATE: "soft-gate", Gate.GATED: "gate"}[gate] if today not in (gate.value, "unknown") else action
    action = action if today != gate.value or action not in ("ungate", "soft-gate", "gate") else "keep"
    links = (OfferLink("Get the workbook", "/offers/workbook", f"site/{(number + 1) % 40}.html", "fits", "same topic, and the stage fits"),)
    faulty = (OfferLink("Book a demo", "/demo", "", "wrong-stage", "readers at the awareness stage are asked for a decision"),) if action == "fix-hand-off" else ()
    made = audited(
        f"site/{number}.html", title, {"strategy": strategy, "stage": stage, "gate": gate.value, "format": chance.choice(FORMS[stage]), "confidence": chance.uniform(0.5, 0.99)},
        today, action, priority={"keep": 3, "review": 2}.get(action, chance.choice((1, 2))), sentence=SENTENCES[action], topic=place if chance.random() < 0.95 else -1,
        owner=chance.choice(OWNERS), date=f"20{chance.randint(18, 25)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}" if chance.random() < 0.9 else "",
        sessions=float(int(chance.lognormvariate(6, 1.6))) if chance.random() < 0.9 else None, conversions=float(chance.randint(0, 40)) if chance.random() < 0.5 else None,
        links=links + faulty if (strategy == "demand-gen" and chance.random() < 0.5) or faulty else (), linked_from=chance.randint(0, 9) if strategy == "lead-gen" else 0,
        best=Suggestion(f"site/{(number * 3) % 50}.html", chance.uniform(0.1, 0.6), (topic.lower(), "costs", "first visit")) if chance.random() < 0.6 else None,
        copies=(f"print/{number}.pdf",) if chance.random() < 0.05 else (), url=f"https://library.example/{stage}/{number}",
        leads_on=chance.random() < 0.8 and action not in ("add-hand-off", "build-offer", "fix-hand-off") if strategy == "demand-gen" else None,
        wants_links=strategy == "lead-gen" and chance.random() < 0.7,
        forms=(Form("acme:1", "gate", "hubspot", ("e-mail", "name", "phone"), 4),) if today == "gated" else (),
        observed=ObservedGate(today, "a form before the text" if today == "gated" else "no form", form="acme:1" if today == "gated" else ""),
    )  # fmt: skip
    return _with_quotes(made, strategy, stage, topic.lower(), number, chance)


def _with_quotes(made: AuditedPiece, strategy: str, stage: str, topic: str, number: int, chance: random.Random) -> AuditedPiece:
    quotes = (
        Evidence(strategy, f"We asked {chance.randint(20, 900)} people who work in {topic} what they would change first.", chance.randint(1, 80), 0.4),
        Evidence(stage, f"Most of them had tried two ways of {topic} before they wrote anything down.", chance.randint(1, 80), 0.3),
        Evidence("ungated", f"Read on, the checklist for {topic} stands at the end.", number % 90, 0.2),
    )
    parts = GateParts(chance.randint(0, 2), chance.randint(0, 2), chance.randint(0, 2), chance.randint(0, 2), chance.randint(0, 1))
    finding = made.library.finding
    advice = replace(finding.advice, evidence=quotes, gate_parts=parts, gate_rule=chance.choice(("G0", "G2", "G3")), phase="create" if strategy == "demand-gen" else "capture")
    return replace(made, library=replace(made.library, finding=replace(finding, advice=advice)))


def _mix(pieces: tuple[AuditedPiece, ...]) -> list[MixRow]:
    told = {
        "strategy": [piece.library.finding.verdict.strategy.label for piece in pieces],
        "stage": [_stage(piece) for piece in pieces],
        "phase": [piece.library.finding.advice.phase for piece in pieces],
        "format": [piece.library.finding.verdict.format.label for piece in pieces],
    }
    counts = [(name, value, values.count(value)) for name, values in told.items() for value in dict.fromkeys(values)]
    return [MixRow(name, value, count, count / len(pieces), 0.5 if name == "strategy" else None) for name, value, count in counts]


def _stage(piece: AuditedPiece) -> str:
    return piece.library.finding.verdict.stage.label
