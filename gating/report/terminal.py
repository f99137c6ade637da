"""What a person reads at the terminal: the table of `score`, the page of `explain`. Text of strangers is never read as markup."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from gating.advice.chain import Step
from gating.advice.changes import Flip
from gating.advice.gate_score import behind_the_ask
from gating.advice.policy import GATED_FROM, SOFT_GATE_FROM
from gating.advice.proposals import Proposal
from gating.advice.quotes import evidence_shown, shortened
from gating.advice.sentences import RULE_WORDS, because, part_words
from gating.library.summary import summarise
from gating.reading.urls import ROW
from gating.records import PLACES, Finding, Gate, HeadVerdict, Skipped, Status
from gating.report.explained import moves_in_words
from gating.report.safe import on_terminal, visible
from gating.report.tables import percent
from gating.settings import Thresholds

BAR = 10  # cells of the stage bar
MANY = 3  # inputs of one reason that are named one by one
PATH_WIDTH = 26  # characters
QUOTE_WORDS = 9  # of the quote in a table row; `explain` and the records have it whole
PROPOSAL_WORDS = 20  # of the words that an edit is tied to
GATE_STYLE = {"ungated": "green", "soft-gate": "yellow", "gated": "red"}
STRATEGY_STYLE = {"demand-gen": "cyan", "lead-gen": "magenta"}
PART_NAMES = {"uniqueness": "Uniqueness", "work_saved": "Work it saves", "buying_closeness": "Buying closeness", "reach_need": "Need for reach", "hostility": "Audience hostility"}
THRESHOLDS = Thresholds(GATED_FROM, SOFT_GATE_FROM)
SUBTRACTED = ("reach_need", "hostility")
UNSAID = ("uniqueness", "work_saved")  # parts that a page in front of its asset often leaves open


def score_table(results: Sequence[Finding | Skipped]) -> RenderableType:
    """The table of `gating score`: one row a piece, then what was not scored by reason, then a line that sums up."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, expand=True, show_edge=False)
    table.add_column("Piece", ratio=1, overflow="fold")
    table.add_column("Strategy", no_wrap=True)
    table.add_column("Stage", no_wrap=True)
    table.add_column("Gate", no_wrap=True)
    table.add_column("First reason", ratio=1, overflow="fold")
    for result in results:
        if isinstance(result, Finding):
            table.add_row(*_row(result))
    scored = [result for result in results if isinstance(result, Finding)]
    parts: list[RenderableType] = [table] if scored else []
    return Group(*parts, *_not_scored(results), Text(summary(results), style="bold"))


def summary(results: Sequence[Finding | Skipped]) -> str:
    """One line: how many were scored, how they split, how many want a person's eye."""
    counts = summarise(results)
    if not counts.scored:
        looked = counts.unscored.total()
        return f"No piece scored, {looked} input{'s' if looked != 1 else ''} looked at."
    said = [
        f"{counts.scored} piece{'s' if counts.scored != 1 else ''} scored",
        f"{counts.strategies['demand-gen']} demand-gen, {counts.strategies['lead-gen']} lead-gen",
        ", ".join(f"{count} {name}" for name in ("ungated", "soft-gate", "gated") if (count := counts.gates[name])),
        f"{counts.reviews} for a person to review" if counts.reviews else "",
        f"{counts.unscored.total()} not scored" if counts.unscored else "",
    ]
    return " · ".join(part for part in said if part)


def _row(finding: Finding) -> tuple[RenderableType, ...]:
    piece, verdict, advice = finding.piece, finding.verdict, finding.advice
    name = Text(visible(piece.title or piece.source), style="bold")
    if piece.title:
        name.append(f"\n{_shortened(visible(piece.source))}", style="dim not bold")
    if piece.limits:
        name.append(f"\npartial: {visible('; '.join(piece.limits))}", style="yellow not bold")
    stage = stage_bar(verdict.stage.label, verdict.stage_score)
    stage.append(f"\n{_sure(verdict.stage)}", style="dim")
    strategy = Text(verdict.strategy.label, style=STRATEGY_STYLE[verdict.strategy.label])
    strategy.append(f"\n{_sure(verdict.strategy)}", style="dim")
    if advice.review:
        strategy.append(" review", style="bold yellow")
    gate = Text(advice.gate.value, style=GATE_STYLE[advice.gate.value])
    gate.append(f"\n{_sure(verdict.gate)}", style="dim")
    if piece.observed.verdict not in ("unknown", advice.gate.value):
        gate.append(f"\ntoday: {'lead form' if piece.observed.lead_form else piece.observed.verdict}", style="bold")
    return name, strategy, stage, gate, _first_reason(finding)


def _sure(answer: HeadVerdict) -> str:
    return "given" if answer.predicted else percent(answer.confidence)


def _first_reason(finding: Finding) -> Text:
    """The quote that weighed most for the strategy, and what decided the gate, in a few words."""
    advice = finding.advice
    quote = next((item for item in advice.evidence if item.label == finding.verdict.strategy.label), None)
    reason = Text()
    if quote:
        reason.append(f'"{shortened(visible(evidence_shown(quote.quote)), QUOTE_WORDS)}"', style="italic")
        reason.append(f" {place_of(finding.piece.source, quote.line)}\n", style="dim not italic")
    if advice.action != "keep" or advice.gate is not Gate.UNGATED or advice.policy_rule:
        decided = because(advice.gate_neutral, advice.gate, advice.gate_rule, advice.gate_parts, advice.gate_given, advice.policy_rule)
        reason.append(visible(decided if advice.review else decided.removesuffix(": please decide")))
    if advice.ignored:
        said = f" ({advice.ignored_reason})" if advice.ignored_reason else ""
        reason.append(visible(f"{'; ' if reason.plain and not reason.plain.endswith(chr(10)) else ''}ignored: {', '.join(advice.ignored)}{said}"), style="dim")
    return reason


def _shortened(path: str) -> str:
    """The path on one line of a narrow column: its end, which tells files apart."""
    return path if len(path) <= PATH_WIDTH else f"…{path[-PATH_WIDTH + 1 :]}"


def place_of(source: str, line: int) -> str:
    """Where a quote stands: the line of a text, the page of a PDF, the paragraph of a DOCX."""
    if not line:
        return ""
    ending = source.lower().rpartition(".")[2]
    return f"{'page' if ending == 'pdf' else 'paragraph' if ending in ('docx', 'docm') else 'line'} {line}"


def stage_bar(label: str, score: float) -> Text:
    """The stage with a bar from first awareness (empty) to ready to buy (full): the expected stage, not the likeliest."""
    filled = round(score / 100 * BAR)
    return Text.assemble(f"{label}\n", ("━" * filled, "blue"), ("─" * (BAR - filled), "bright_black"), (f" {score:.0f}", "dim"))


def _not_scored(results: Iterable[Finding | Skipped]) -> list[Text]:
    """One line for each input that was not scored; more than three of one reason in one line."""
    of_reason: dict[tuple[Status, str], list[str]] = {}
    for result in results:
        if isinstance(result, Skipped):
            of_reason.setdefault((result.status, result.reason), []).append(result.source)
    lines = []
    for (status, reason), sources in of_reason.items():
        style = "red" if status is Status.FAILED else "yellow"
        shown = sources if len(sources) <= MANY else [f"{len(sources)} inputs, such as {sources[0]}"]
        lines += [Text.assemble((f"{status.value:<8}", style), " ", visible(source), (f"  {visible(reason)}", "dim")) for source in shown]
    return [*lines, Text("")] if lines else []


def problem_lines(problems: Sequence[tuple[str, str]]) -> list[str]:
    """One line for each (source, reason) that was not used; more than three of one reason in one line."""
    of_reason: dict[str, list[str]] = {}
    for source, reason in problems:
        of_reason.setdefault(reason, []).append(source)
    return [
        f"not used: {visible(shown)}: {visible(reason)}"
        for reason, sources in of_reason.items()
        for shown in (sources if len(sources) <= MANY else [f"{len(sources)} inputs, such as {sources[0]}"])
    ]


def explain_page(finding: Finding, flips: Sequence[Flip], chain: Sequence[Step] = (), proposals: Sequence[Proposal] = (), thresholds: Thresholds = THRESHOLDS) -> RenderableType:
    """The page of `gating explain`: labels, what to change, how the gate advice came about, the score part by part, quotes with lines, what would flip each label.

    `thresholds` are those of the settings.
    """
    piece, verdict, advice = finding.piece, finding.verdict, finding.advice
    labels = Table(box=None, show_header=False, pad_edge=False)
    for head in ("strategy", "stage", "gate", "format"):
        answer = verdict.head(head)
        labels.add_row(Text(head.capitalize(), style="dim"), Text(answer.label, style="bold"), Text(_how_sure(answer), style="dim"))
    labels.add_row(Text("Phase", style="dim"), Text(f"{advice.phase} demand", style="bold"))
    if verdict.flags:
        labels.add_row(Text("Flags", style="dim"), Text(", ".join(verdict.flags), style="bold"))
    labels.add_row(Text("Today", style="dim"), Text(visible(f"{piece.observed.verdict} {piece.observed.evidence and '(' + piece.observed.evidence + ')'}")))
    labels.add_row(Text("Action", style="dim"), Text(advice.action, style="bold"))
    where = Text(visible(piece.source), style="dim")
    sections: list[RenderableType] = [Text(visible(piece.title or piece.source), style="bold"), where, Text(""), labels, Text(""), Text(visible(advice.why)), Text("")]
    sections += [_heading("What to change (what each edit moves was found by rescoring)"), _proposal_table(proposals, piece.source)] if proposals else []
    sections += [_heading("How the gate advice came about"), _chain_table(chain)] if chain else []
    sections += [_heading(f"Gate score ({advice.gate_rule})"), _parts_table(finding, thresholds)]
    sections += [_heading("Words that weighed most"), _evidence_table(finding)]
    sections += [_heading("What would flip each label (found by rescoring; no advice)"), _flip_table(flips)]
    sections += [_heading("Judge it by"), Text(", ".join(advice.measures)), Text(""), Text(f"Scored by {verdict.model}", style="dim")]
    return Group(*sections)


def _chain_table(chain: Sequence[Step]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    for step in chain:
        table.add_row(Text(step.name.capitalize(), style="dim", no_wrap=True), Text(step.gate, style=GATE_STYLE.get(step.gate, ""), no_wrap=True), Text(visible(step.says)))
    table.add_row("", "", "")
    return table


def _proposal_table(proposals: Sequence[Proposal], source: str) -> Table:
    """Each edit with the words that it is tied to and what it moves."""
    table = Table(box=None, show_header=False, pad_edge=False)
    for number, proposal in enumerate(proposals, 1):
        table.add_row(Text(str(number), style="dim"), Text(visible(proposal.sentence)))
        quote = proposal.quote
        shown, place = visible(quote.shown or shortened(quote.text, PROPOSAL_WORDS)), place_of(source, quote.line)
        table.add_row("", Text.assemble((f"{place or ('row' if ROW.search(source) else 'front matter')}: ", "dim"), f'"{shown}"'))
        table.add_row("", Text(visible(moves_in_words(proposal)), style="dim"))
    table.add_row("", "")
    return table


def _how_sure(answer: HeadVerdict) -> str:
    if answer.predicted:
        return f"given by {visible(answer.rule) or 'a person'}; the model says {answer.predicted}, {percent(answer.probabilities[PLACES[answer.predicted]])}"
    others = ", ".join(answer.cannot_exclude[1:])
    return percent(answer.confidence) + (f", could also be {others}" if others else "")


def _flip_table(flips: Sequence[Flip]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    for flip in flips:
        table.add_row(Text(flip.head, style="dim"), Text(visible(_flip_words(flip))))
    table.add_row("", "")
    return table


def _flip_words(flip: Flip) -> str:
    left = percent(flip.after.probabilities[PLACES[flip.before.label]])
    if flip.after.label != flip.before.label:
        return f"{flip.change} -> {flip.after.label} ({percent(flip.after.confidence)})"
    return f"no single change tried flips {flip.before.label}; nearest: {flip.change} ({percent(flip.before.confidence)} -> {left})"


def _heading(words: str) -> Text:
    return Text(words, style="bold underline")


def _parts_table(finding: Finding, thresholds: Thresholds) -> Table:
    parts, advice = finding.advice.gate_parts, finding.advice
    table = Table(box=None, show_header=False, pad_edge=False)
    if advice.gate_given:
        table.add_row(Text("Decided by"), Text(""), Text("a person's label, not by the score; as an asset it would score:"))
    elif advice.gate_rule in RULE_WORDS:
        table.add_row(Text("Decided by"), Text(""), Text(f"{RULE_WORDS[advice.gate_rule]}, not by the score; as an asset it would score:"))
    for name, shown in PART_NAMES.items():
        value = getattr(parts, name)
        sign = "-" if name in SUBTRACTED else "+"
        said = "the page does not say, so it is taken as 1" if name in UNSAID and value == 1 and behind_the_ask(finding.verdict) else part_words(name, value)
        table.add_row(Text(shown), Text(f"{sign}{value}" if value else "0", style="bold"), Text(said, style="dim"))
    neutral, gate = advice.gate_neutral.value, advice.gate.value
    moved = ", as a person labelled it" if advice.gate_given else "" if neutral == gate else f", moved from {neutral} by policy"
    gated, soft = thresholds.gated_from, thresholds.soft_gate_from
    lines = f"{gated} or more gated, {f'{soft} or more soft-gate, ' if soft < gated else ''}less ungated"
    table.add_row(Text("Total"), Text(str(parts.total), style="bold"), Text(f"{lines}. Advice: {gate}{moved}", style="dim"))
    table.add_row("", "", "")
    return table


def _evidence_table(finding: Finding) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    for item in finding.advice.evidence:
        table.add_row(Text(item.label, style="dim"), Text(place_of(finding.piece.source, item.line), style="dim"), Text(f'"{visible(evidence_shown(item.quote))}"'))
    table.add_row("", "", "")
    return table


def show(renderable: RenderableType, console: Console | None = None) -> str:
    """The renderable as plain or coloured text, as the console decides."""
    console = console or Console(highlight=False, markup=False, emoji=False)
    with console.capture() as capture:
        console.print(renderable)
    return on_terminal(capture.get())
