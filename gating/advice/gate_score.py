"""The rubric's gate score, part by part (RUBRIC G3), and which of its lines G0..G3 fits the piece.

Each part is read from words of the piece; which words is written here, next to the number they give. All texts are in lower case.
"""

from __future__ import annotations

import re

from gating.features.chunks import Table
from gating.records import BlockKind, GateParts, Piece, Stage, Strategy, Verdict

OWN_DATA = re.compile(
    r"\b(?:we (?:surveyed|asked|analy[sz]ed|counted|interviewed|polled|studied|measured)|our (?:own )?(?:survey|data|research|study|analysis|benchmark)|respondents|"
    r"survey of (?:over |more than )?[\d,]+|people surveyed|quadrant|forrester|gartner|idc)\b")  # fmt: skip
WORKING_TOOL = re.compile(r"\b(?:calculator|grader|estimator|checker|generator|free tool|data ?set)\b")
DISTINCT = re.compile(
    r"\b(?:in our experience|we (?:found|learned|learnt|built|tried|tested)|our (?:customers|clients|team|engineers|method|approach)|worked example|case stud(?:y|ies)|"
    r"lessons|step by step|checklists?|templates?|worksheets?|blueprint|playbook|handbook|expert)\b")  # fmt: skip
READY = re.compile(
    r"\b(?:templates?|workbook|work ?sheets?|spreadsheet|toolkit|tool kit|calculator|data ?set|planner|scorecard|model you can|\.xlsx?|swipe file|kit|"
    r"fill in(?!(?: \w+){0,3} (?:form|fields?|details|e-?mail|name|address|below)\b))\b"
)
REFERENCE = re.compile(r"\b(?:guide|handbook|playbook|report|white ?paper|e-?book|reference|checklist|course|manual|benchmark|recording|masterclass|framework)\b")
PLAIN_TOPIC = re.compile(r"\b(?:what (?:is|are)|explained|101|introduction to|basics|definition|complete guide|ultimate guide|beginner)\b")
QUOTED = re.compile(r"\b(?:state of|statistics|trends|benchmarks?|index|survey|how to|best|report|why|guide to)\b")
HOSTILE = re.compile(
    r"\b(?:developers?|engineers?|devops|sysadmins?|api|sdk|kubernetes|open[- ]source|github|command line|source code|researchers|scientists|journalists|repositor(?:y|ies)|"
    r"docker|python|java|javascript|linux|compiler|database schema)\b")  # fmt: skip
HOSTILE_PHRASES = ("open source", "command line", "source code", "database schema")  # any other such word stands within one chunk
HOSTILE_IN = Table(lambda chunk: len(HOSTILE.findall(chunk)))
HOSTILE_PER_1000 = 6.0  # such words in 1,000; marketing copy of developer tools has 10 and more, other trades under 3
HOSTILE_LEAST = 3  # "one of our engineers comes by" does not make a page one for engineers
LIVE = re.compile(r"\b(?:register|registration|save (?:your|my) (?:seat|spot)|reserve|rsvp|join us|sign up for the (?:event|webinar)|attend|book your place)\b")
RECORDED = re.compile(r"\b(?:on[- ]demand|recording|recorded|watch now|watch the|replay)\b")
SERVICE = re.compile(
    r"\b(?:demo|trial|quote|consultation|contact us|contact sales|talk to|speak (?:to|with)|get in touch|book a|schedule|wait ?list|early access|assessment|request a|apply|"
    r"callback|call back|estimate)\b")  # fmt: skip
NEWSLETTER = re.compile(r"\b(?:newsletter|subscribe|inbox|mailing list)\b")
COURSE = re.compile(r"\b(?:e-?mail course|lessons? (?:in|over) \d+|days? course|\d+[- ]day (?:course|challenge)|licen[cs]ed)\b")
LIKE_ASCII = (("İ", "i"), ("ı", "i"), ("ſ", "s"))  # lower() itself makes a k of the Kelvin sign
OPEN_BY_NATURE = frozenset(("article", "guide", "tutorial", "case-study", "comparison", "pricing", "product", "docs", "news"))
PACKAGED = frozenset(("ebook", "report"))
PARTS = {
    "uniqueness": (
        "commodity: any competent writer could produce it",
        "distinct: own expertise, worked method or examples",
        "proprietary: own data, licensed research or a working tool",
    ),
    "work_saved": ("pleasant to read", "a deep or reusable reference", "ready to use: template, model, workbook or tool"),
    "buying_closeness": ("awareness", "consideration", "decision or implementation"),
    "reach_need": ("nobody needs to find it by search", "would be searched for or quoted", "must be found or cited"),
    "hostility": ("readers who accept a form", "developers, engineers, researchers or journalists, who resent forms"),
}


def score_gate(piece: Piece, verdict: Verdict) -> GateParts:
    """The five parts for the asset the piece is or offers. A landing page that does not say enough gets 1 for uniqueness and work saved."""
    title, text = _folded(piece.title), _folded(_text(piece))
    withheld = behind_the_ask(verdict)
    uniqueness = 2 if OWN_DATA.search(text) or (verdict.format.label == "tool" and WORKING_TOOL.search(text)) else 1 if withheld or DISTINCT.search(text) else 0
    packaged = verdict.strategy.label == Strategy.LEAD_GEN or verdict.format.label in PACKAGED | {"tool"}
    work = 2 if packaged and READY.search(f"{title} {text[:600]}") else 1 if REFERENCE.search(title) or (packaged and (withheld or REFERENCE.search(text[:2000]))) else 0
    closeness = list(Stage).index(Stage(verdict.stage.label))
    reach = 2 if PLAIN_TOPIC.search(title) else 1 if QUOTED.search(title) else 0
    hostile_words = len(HOSTILE.findall(text)) if any(phrase in text for phrase in HOSTILE_PHRASES) else sum(HOSTILE_IN.of(text.split()))
    hostile = 1 if hostile_words >= HOSTILE_LEAST and 1000 * hostile_words / max(piece.n_words, 1) >= HOSTILE_PER_1000 else 0
    return GateParts(uniqueness, work, closeness, reach, hostile)


def behind_the_ask(verdict: Verdict) -> bool:
    """True for a page that offers something it does not hold: what the asset is worth can only be taken as 1 (RUBRIC G3)."""
    return verdict.strategy.label == Strategy.LEAD_GEN and verdict.format.label not in PACKAGED


def gate_rule(piece: Piece, verdict: Verdict) -> str:
    """The first line of RUBRIC section 4 that fits: G0 always open, G1 the form is the service, G2 soft by nature, G3 scored."""
    kind, text = verdict.format.label, _folded(f"{piece.title} {_asks(piece)}")
    lead = verdict.strategy.label == Strategy.LEAD_GEN
    if kind == "tool":
        return "G2"
    if kind == "webinar" and lead:
        recorded = RECORDED.search(f"{text} {_folded(_text(piece)[:1500])}") and not LIVE.search(text)
        return ("G0" if verdict.stage.label == Stage.DECISION else "G2") if recorded else "G1"
    if kind in PACKAGED:
        return "G3"
    if kind in OPEN_BY_NATURE or not lead:
        return "G0"
    if COURSE.search(text) or SERVICE.search(text) or LIVE.search(text):
        return "G1"
    if NEWSLETTER.search(text):
        return "G2"
    return "G3" if READY.search(text) or REFERENCE.search(text) else "G1"  # a form without any asset is what the page is for


def _folded(text: str) -> str:
    """In lower case, which patterns are found in far sooner than with re.IGNORECASE; with the four letters outside ASCII that it takes for i, k and s."""
    if not text.isascii():
        for letter, like in LIKE_ASCII:
            text = text.replace(letter, like)
    return text.lower()


def _text(piece: Piece) -> str:
    return "\n".join(block.text for block in piece.blocks)[:12_000]


def _asks(piece: Piece) -> str:
    return " ".join(block.text for block in piece.blocks if block.kind in (BlockKind.BUTTON, BlockKind.HEADING))
