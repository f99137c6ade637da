"""What a content linter says of one piece: Finding + settings -> Remarks. docs/rules has a page for each rule."""

from __future__ import annotations

from collections.abc import Iterator

from gating.checks.places import place_of
from gating.checks.rules import RULES, Rule, Said
from gating.records import Finding, Level, Remark
from gating.settings import Settings

__all__ = ["RULES", "check"]


def check(finding: Finding, settings: Settings) -> tuple[Remark, ...]:
    """The remarks on a piece in the order of its lines. Legal pages, jobs and lists of pages (flag `not-marketing`) draw none."""
    if "not-marketing" in finding.verdict.flags:
        return ()
    remarks = [remark for rule in RULES for remark in _remarks(rule, finding, settings)]
    return tuple(sorted(remarks, key=lambda remark: (remark.line, remark.column, remark.rule, remark.sentence)))


def _remarks(rule: Rule, finding: Finding, settings: Settings) -> Iterator[Remark]:
    level = dict(settings.checks).get(rule.name, rule.level)
    if level == "off" or {rule.name, rule.group} & set(finding.advice.ignored):
        return
    for said in rule.find(finding, settings):
        line, column = place_of(finding.piece.source, said.line, said.quote)
        yield Remark(rule.name, _level(level, said), finding.piece.source, said.sentence, said.do, said.quote, line, column)


def _level(wanted: str, said: Said) -> Level:
    """A doubtful answer never draws more than a suggestion, whatever level is set."""
    return Level(wanted) if said.sure else Level.SUGGESTION
