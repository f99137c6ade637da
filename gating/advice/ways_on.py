"""The words by which a piece leads its reader on: asks for a decision, smaller asks, any way on at its end. One list for drafts, links and audits."""

from __future__ import annotations

import re

# A trial of the product and its price, and not a trial balance, a clinical trial or an essay on pricing strategy.
TRIAL = r"(?<!clinical )(?<!medical )(?<!field )(?<!by )trials?(?![ -](?:balances?|and[ -]error|courts?|judges?|lawyers?|runs?|results?)\b)"
PRICING = r"pricing(?! (?:strateg\w+|models?|power|psychology|errors?|pressures?|mistakes?|decisions?|methods?)\b)"
DECISIONS = rf"demos?|{TRIAL}|{PRICING}|consultation|get in touch"
DECISION_ASK = re.compile(  # in a sentence
    rf"\b(?:{DECISIONS}|(?:book|schedule|arrange) (?:a|an|your|my)|(?:talk|speak) (?:to|with) (?:us|sales|our|an?)|contact (?:us|sales|our)|"
    r"(?:get|request|ask for) (?:a|your|my) (?:quote|estimate|price)|buy now|order now)\b",
    re.IGNORECASE,
)
DECISION_WORDS = re.compile(  # in the few words of a link or button
    rf"\b(?:{DECISIONS}|quote|(?:book|schedule) (?:a|your)|talk to|speak (?:to|with)|contact|sign ?up|get started)\b", re.IGNORECASE
)
SELF_SERVICE = re.compile(r"\b(?:sign[ -]?up|wait-?list|free|join|get started|newsletter|subscribe)\b", re.IGNORECASE)  # asks for no decision, at any stage
READING_ON = re.compile(  # leads to another text, whatever that is about
    r"^\W*(?:(?:read|learn) (?:next|on|more|also|how|why|what|about)|see also|related|further reading|more (?:on|about)|next (?:up|in|week)|"
    r"(?:what|why) (?:is|are|do|does)|how to)\b",
    re.IGNORECASE,
)
EARLY_ASK = re.compile(
    r"\b(?:newsletter|subscribe|inbox|e-?books?|infographic|(?:read|download|get|send me) (?:the|our|your|my)(?: \w+){0,2} (?:guide|handbook|article|post))\b",
    re.IGNORECASE,
)
ASKING = re.compile(r"(?:book|schedule|request|get|start|see|try|talk|speak|contact|arrange|buy|order|subscribe|download|sign|join|ready|want)\b", re.IGNORECASE)
TEXTS = (
    r"(?:guides?|articles?|posts?|stor(?:y|ies)|reports?|handbook|case stud(?:y|ies)|series|interview|documentation|docs|"
    r"blog|site|website|page|shop|store|library|catalogue|academy|community|podcast|letter)"
)
NAME = r"(?:the )?(?-i:[A-Z])\w+"
# What an ask and not an instruction says after its verb: "book your seat", and not "book them with the voucher".
OBJECTS = "|".join((
    r"book (?:a|an|your|my|now|online|here|early|with us|(?:the|tickets?|places?|seats?)\b(?= [^.]{0,60}\b(?:demo|seat|place|tour|workshop|course|session|ticket)))",
    rf"visit (?:us|our|{NAME}|(?:the|this|your nearest) (?:[\w-]{{1,30}} ){{0,3}}(?:{TEXTS}|stand|booth|showroom|tool|demo|repository))",
    rf"try (?:us|our|{NAME}|it (?:free|now|out|yourself|for|with)|(?:the|a) (?:[\w-]{{1,30}} ){{0,2}}(?:demo|tool|app|calculator|trial|sample|version))",
    rf"join (?:us|our|now|today|free|in\b|\d|thousands|hundreds|{NAME}|"
    r"the (?:[\w-]{1,30} ){0,3}(?:community|list|discussion|conversation|group|forum|network|webinar|waitlist|team))",
    r"(?:order|buy) (?:your|yours|now|online|today|here|from us|tickets?|it (?:here|now|online)|a (?:copy|ticket|sample|subscription)|the (?:book|set|kit|report))",
    r"reply(?! (?:to )?(?:them|each|every|all|both|customers|clients|patients|within)\b)",
    rf"read (?:our|on|next|more|how|why|what|about|part|chapter|{NAME}|(?:the|this|these|an?|another) (?:[\w-]{{1,30}} ){{0,4}}{TEXTS})",
    rf"write to (?:us|me|our|{NAME}|the (?:editor|author|team))",
    r"come (?:and|see|to (?:us|our|the)|by|along|back|over|visit|meet)",
    r"send (?:us|me|an? (?:e-?mail|message|note|line)|your (?:questions?|comments?|ideas|stor(?:y|ies))|for (?:our|the|a))",
    r"talk to(?! (?:them|him|her|each|every|everyone|both|people|your (?:team|staff|people|customers|colleagues|bank))\b)",
    rf"call (?:us|me|our|now|today|{NAME}|for (?:a|an|more|your)|\+?\d)",
    r"start (?:your|now|today|here|free|for free|with (?:our|us|a free)|a (?:free|trial)|for \S)",
))  # fmt: skip
VERBS = "book|visit|try|join|order|buy|reply|read|come|talk to|call|start"  # a line of few words that one begins, without a full stop, was a button or a link
WAY_ON = re.compile(
    rf"\b(?:demos?|{TRIAL}|pricing|quote|consultation|get in touch|ready to|download|e-?book|white ?paper|webinar|register|sign[ -]?up|template|checklist|toolkit|workbook|"
    r"newsletter|subscribe|calculator|(?:contact|write to|drop|call|ring|ask|follow|e-?mail|visit|talk to|speak (?:to|with)|come to|join|tell|connect with) (?:us|me|our|sales)|"
    r"(?:book|schedule) (?:a|an|your|my)|(?:your|a free) copy|read (?:on|next|more)|next (?:week|month|time|issue|part|step)|see also|related|further reading|learn more|"
    r"find out (?:more|how)|more about|stop by|come and|let'?s (?:talk|chat|build)|let us know|hear (?:from you|your)|get (?:your|a|started)|we offer|for sale|"
    r"in our(?! (?:\w+ )?(?:experience|view|opinion|case|cases|eyes|time|times|industry|field|trade|work|own|example|tests?|hands|minds?|favou?r|lives|day)\b))\b"
    rf"|(?:^|[.!?:]\s|\bplease )(?:{OBJECTS})(?!\w)|^(?:{VERBS})\b(?! (?:it|them|this|that|these|those|each|every|all)\b)[^.!?:;,\n]{{3,60}}$"
    r"|\b[\w-]+\.[a-z]{2,}/\w|\w@\w|\bwww\.|\d{3}[-. ]\d{3}",
    re.IGNORECASE | re.MULTILINE,
)


def asks_for_a_decision(text: str) -> bool:
    """True for a link or button to a demo, a quote, a talk to sales; False for what asks for no decision, such as a free sign-up or more to read."""
    return bool(DECISION_WORDS.search(text)) and not SELF_SERVICE.search(text) and not READING_ON.match(text)
