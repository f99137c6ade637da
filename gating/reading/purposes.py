"""What a form is for, by the words near it, and how much it asks. Word lists and weights; no markup.

The lists are regular expressions of our own, written from forms of public pages and the measured notes on gates.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

GATE, NEWSLETTER, LEAD, JOB, UNKNOWN = "gate", "newsletter", "lead", "job", "unknown"
TIES = (NEWSLETTER, LEAD, JOB, GATE)  # in doubt a form is no gate
SURE = 2  # weight from which the words near a form decide


def _any(*phrases: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(phrases)})\b", re.IGNORECASE)


# Things that are given for contact details.
THINGS = "|".join((
    "e-?books?", "white[ -]?papers?", "guide(?:book)?s?", "reports?", "templates?", "check[ -]?lists?", "work[ -]?(?:book|sheet)s?", "tool[ -]?kits?", "playbooks?",
    "(?:data|fact|cheat|product|spec|tip)[ -]?sheets?", "brochures?", "catalog(?:ue)?s?", "case stud(?:y|ies)", "webinars?", "webcasts?", "recordings?", "replays?", "pdfs?",
    "slides?", "slide deck", "stud(?:y|ies)", "survey results", "benchmarks?", "research", "handbooks?", "blueprints?", "(?:starter |media )?kits?", "infographics?",
    "frameworks?", "(?:position )?papers?", "videos?", "chapters?", "swipe files?", "spreadsheets?", "masterclass", "presentations?", "(?:free |your )?cop(?:y|ies)", "findings",
    "product (?:information|brief|overview)", "scorecards?", "(?:on[ -]demand|recorded|video) (?:product )?(?:demo|session|training|workshop)", "demo (?:recording|video)",
))  # fmt: skip
THING = _any(THINGS)
ASSET = _any(THINGS, "downloads?")
# A verb of giving and, in the same sentence, the thing given.
GIVEN = re.compile(
    r"\b(?:down-?load|access|watch|unlock|get|receive|claim|grab|request|free|send (?:me|you|it)|we(?:'|’)?(?:ll| will) (?:e-?mail|send)|e-?mail me"
    rf"|(?:view|read|open|see) (?:the|this|your|full|our|my))\b[^.!?|]{{0,60}}?\b(?:{THINGS})\b",
    re.IGNORECASE,
)
# One thing, not a stream of them: tells "the guide in your inbox" from a newsletter.
ONE_THING = re.compile(rf"\b(?:the|this|your|my|free|copy of|an?)\b[^.!?|]{{0,40}}\b(?:{THINGS})\b(?<!s)", re.IGNORECASE)
# What a tool works out for its user is its service, not an asset.
OWN_RESULT = _any(r"my (?:\w+ )?(?:reports?|results?|scores?|scorecard|findings)")
# The exchange said outright: fill this in, then you may have that.
EXCHANGE = re.compile(
    r"\b(?:fill(?: in| out)?|create (?:an |your |a )?(?:free )?account|complete|submit|enter|provide|leave|share|register|sign up|confirm)\b[^.!?|]{0,60}?"
    r"\b(?:to|and) (?:instantly |immediately |then )?"
    r"(?:down-?load|access|watch|view|unlock|read|get (?:instant |immediate |free |full )?access)\b[^.!?|]{0,60}"
    r"|\bwhere (?:should|shall|can|do) we send it\b|\b(?:instant|immediate) (?:access|download)\b|\blead[ -]magnet\b|\bgated (?:content|asset|form|download)\b"
    r"|\bdown-?load (?:now|it|here|for free|free|your|the|our|this|my|a copy)\b[^.!?|]{0,60}|\bunlock (?:the|your|this|full|now)\b[^.!?|]{0,60}"
    r"|\b(?:get|gain) (?:free |full )?access\b[^.!?|]{0,60}|\bwatch (?:it )?(?:now|on[ -]demand|the (?:full )?(?:recording|replay|webinar|video|session|demo))\b",
    re.IGNORECASE,
)
PRODUCT = _any("apps?|software|installer|sdk|client|plug-?in|extension|platform|beta|product|tool|dashboard|account")
SHOWN_EVENT = "(?:webinar|webcast|session|demo|event|video|training|workshop)"
ON_DEMAND = _any(rf"(?:{SHOWN_EVENT}|watch)\b[^.|]{{0,40}}\bon[ -]demand", rf"on[ -]demand\b[^.|]{{0,20}}\b{SHOWN_EVENT}", rf"(?:{SHOWN_EVENT}|full) recording",
                 rf"recorded {SHOWN_EVENT}", "replay", "missed (?:it|the)")  # fmt: skip
UPCOMING = _any("save (?:my|your|a) (?:seat|spot|place)", "reserve (?:my|your|a)", "join us (?:live )?(?:on|for|at)", "live (?:on|webinar|session)", "upcoming", "rsvp")
REGISTER = _any("register(?:ing)?|registration|sign(?:ing)?[ -]?up")
INBOX = _any("(?:in|in-?to|to) your inbox")

WORDS = {
    NEWSLETTER: _any(
        "new?s?letters?", r"subscri(?:be|ption|ber|bing)\w*", "mailing[ -]?lists?", "e-?mail (?:list|updates|alerts|digest)",
        "stay (?:up[ -]to[ -]date|in the (?:loop|know)|informed|tuned|updated|connected)", r"join (?:\w+ ){0,2}(?:list|readers|subscribers)", r"join \d[\d,.k+]* ?\w+",
        r"(?:weekly|monthly|daily|fortnightly|quarterly) (?:\w+ ){0,2}(?:digest|e-?mails?|tips|news|roundup|round-up|updates|briefing|letter)",
        r"(?:get|receive|sign up for|latest) (?:\w+ ){0,3}(?:updates|news|posts|tips|insights)\b(?! (?:report|guide|e-?book|paper|study))",
        r"keep (?:me|up|in)\b[^.]{0,20}\b(?:posted|informed|touch|date|updated)", "(?:blog|product|e-?mail) (?:updates|alerts|notifications)",
        "be the first to (?:know|hear)", "sign up to (?:hear|stay|be notified)", "never miss", "join our community", "opt[ -]?in box",
    ),
    LEAD: _any(
        "demos?", "(?:free )?trial", "quot(?:e|ation)s?", "consultations?", "consult with", "contact (?:us|me|sales|form|our|the team|you)", "get in touch",
        "(?:talk|speak|chat) (?:to|with)", "let'?s (?:talk|chat|connect)", "call(?: me)?[ -]?back", "schedul(?:e|ing)", "book (?:a|an|my|your|now|online|it)", "meetings?",
        "appointments?", "assessments?", "(?:free |site |seo |website )?audit", "estimates?", "proposals?", "[ei]nquir(?:y|ies|e)",
        "send (?:a |us a |your |my )?(?:message|request|enquiry|inquiry)", "leave (?:us )?a message", "how can we help", "ask (?:us|a question|an expert)",
        "request (?:info|information|a call|access|pricing|now)", "get (?:started|pricing|a price|prices)", "start (?:your|my|a|now|free|for free)", "sign(?:ing)?[ -]?up",
        "create (?:an |your |my )?(?:free )?account", "regist(?:er|ration)", "save (?:my|your|a) (?:seat|spot|place)", "reserve (?:my|your|a)", "rsvp", "wait(?:ing)?[ -]?list",
        "(?:early|beta) access", "(?:raise|open|submit) a (?:support )?ticket", "become a (?:partner|customer|member|reseller)", "try (?:it|us|our|now|for free|free)",
    ),
    JOB: _any(
        r"(?:job|career)s?\b[^.]{0,30}\bappl(?:y|ication|ications|icant)", "apply (?:now|here|today|for (?:this|the))", "(?:job|your|submit|candidate|employment) applications?",
        "submit your application", "application form", "r[eé]sum[eé]", "cover (?:letter|note)", "curriculum vitae", "cv", "candidates?", "applicants?", "vacanc(?:y|ies)",
        "join (?:our|the) team", "job alerts?", "talent pool",
    ),
}  # fmt: skip
BARE_DOWNLOAD = re.compile(r"^\W*(?:free )?down-?load\W*$", re.IGNORECASE)  # of a guide or of a program: less than other buttons say
OPENS_A_LEAD = re.compile(r"^\W*(?:contact\W*$|try\b)", re.IGNORECASE)  # a title or button that is or begins with the word

# Forms that are not kept. Read over a form's own names, its action and its button, cut into words ...
NEVER = _any(
    "log ?in", "log ?on", "sign ?in", "recover", "forgot(?:ten)?", "lost ?password", "reset ?password", "passwd", "wp comments post", "comment ?form", "add ?to ?cart", "cart",
    "basket", "checkout", "donate", "donations?", "paypal", "cookies?", "unsubscribe", "feedback ?widget", "poll", "tell a friend", "coupon", "voucher", "order ?status",
    "language ?switcher", "site ?search", "search ?form",
)  # fmt: skip
# ... and over what it says.
NEVER_SAID = _any(
    r"(?:reset|forgot(?:ten)?|recover|lost|retrieve|remind)\b[^.!?]{0,25}\b(?:password|account|username|login)", "was this (?:page |article |post |information )?helpful",
    "post (?:a )?comment", "leave a (?:comment|reply)", "add to (?:cart|basket|bag)", "proceed to checkout", "donate", "donation",
    r"(?:send|e-?mail|tell|share)\b[^.!?]{0,25}\bfriend", "track (?:your|my|an) order", "(?:log|sign) ?in to your account",
)  # fmt: skip
CONSENT = _any(
    "agree(?:ing)?", "consent", "privacy", "gdpr", "unsubscribe", "opt(?:ing)?[ -](?:in|out)", "by (?:submitting|clicking|signing|checking|providing|filling)", "terms (?:of|and)",
    "recaptcha", "personal data",
)  # fmt: skip
SENTENCE_END = re.compile(r"(?<=[.!?|])\s")

# Families of fields in the order of the test: "company size" is a size, "company e-mail" an e-mail address.
FIELDS = {
    "e-mail": r"e-?mail|courriel|^mail$",
    "phone": r"phone|mobile|\btel\b|\bcell\b|whats ?app|telefon",
    "size": r"employees|headcount|(?:company|team|business|organi[sz]ation|fleet)[ _-]*size|number of|how many|revenue|turnover|budget|time ?(?:line|frame)|\bseats\b|when do you",
    "company": r"company|organi[sz]ation|business|employer|\bfirm\b|account name|institution|school|website|domain",
    "title": r"\bjob|\btitle\b|\brole\b|position|function|seniority|department|designation|occupation|profession",
    "geo": r"country|\bstate\b|province|region|\bcity\b|\bzip\b|postal|postcode|address|location",
    "name": r"name|first|last|vorname|nachname",
    "need": r"message|comment|question|interest|help|project|use ?case|challenge|detail|describe|goal|topic|subject|reason|need|inquiry|enquiry|industry",
}
FAMILIES = {family: re.compile(words, re.IGNORECASE) for family, words in FIELDS.items()}
OF_TYPE = {"email": "e-mail", "tel": "phone"}
MANY_FIELDS = 7
# Only business addresses are taken: a script that knows the free providers, or words that say so. A label "Work e-mail" only asks.
FREEMAIL = re.compile(r"gmail.{0,120}(?:yahoo|hotmail|outlook)|(?:yahoo|hotmail|outlook).{0,120}gmail", re.IGNORECASE | re.DOTALL)
BUSINESS = "(?:work|business|company|corporate|professional) e-?mail"
BUSINESS_ONLY = _any(rf"please (?:use|enter|provide|give) (?:a |an |your )?(?:valid )?{BUSINESS}", rf"{BUSINESS}(?: address)?(?:es)? (?:is |are )?(?:required|only)",
                     "no (?:free|personal|private) e-?mail", "personal e-?mail(?: address)?(?:es)? (?:are|is|will) not")  # fmt: skip


def purpose_of(near: Iterable[tuple[str, int]]) -> str:
    """The purpose with most weight by (words, weight) near a form, unknown below SURE. In a tie a form is no gate.

    Words of weight 0 only tell whether an event is to be watched or still to come.
    """
    weights = dict.fromkeys(TIES, 0)
    texts = [(without_consent(text), weight) for text, weight in near]
    on_demand = any(ON_DEMAND.search(text) for text, _ in texts) and not any(UPCOMING.search(text) for text, _ in texts)
    letters = any(WORDS[NEWSLETTER].search(text) for text, weight in texts if weight >= SURE)
    for text, weight in texts:
        for purpose in purposes_in(text, on_demand, letters):
            weights[purpose] += weight
    best = max(TIES, key=lambda purpose: weights[purpose])  # the first of equals
    return best if weights[best] >= SURE else UNKNOWN


def purposes_in(text: str, on_demand: bool = False, letters: bool = False) -> set[str]:
    """The purposes that `text` speaks of. Words of an exchange ("register to watch the recording") speak for a gate only, and to
    register for what is over means to watch it; to sign up, where newsletters are spoken of, to get them.
    """
    text = OWN_RESULT.sub(" ", text)
    exchanged = [found.group() for found in EXCHANGE.finditer(text) if _gives_content(found.group())]
    rest = text
    for words in exchanged:
        rest = rest.replace(words, " | ")
    rest = REGISTER.sub(" ", ASSET.sub(" ", rest)) if on_demand or letters else ASSET.sub(" ", rest)
    found = {purpose for purpose in (LEAD, JOB) if WORDS[purpose].search(rest)} | ({LEAD} if OPENS_A_LEAD.match(rest) else set())
    if WORDS[NEWSLETTER].search(text) or (INBOX.search(text) and not exchanged and not ONE_THING.search(text)):
        found.add(NEWSLETTER)
    if exchanged or GIVEN.search(text) or (on_demand and REGISTER.search(text)):
        found.add(GATE)
    return found


def _gives_content(words: str) -> bool:
    """False for an exchange that gives a trial, a quote or a program to install."""
    return bool(THING.search(words)) or not (WORDS[LEAD].search(REGISTER.sub(" ", words)) or PRODUCT.search(words))


def without_consent(text: str) -> str:
    """`text` without sentences on consent, privacy and unsubscribing, which name newsletters under every kind of form."""
    return " ".join(sentence for sentence in SENTENCE_END.split(text) if not CONSENT.search(sentence))


def family_of(said: str, kind: str = "") -> str:
    """What a field asks for, by its name, label, placeholder ... and its type; empty for anything else."""
    return OF_TYPE.get(kind) or next((family for family, words in FAMILIES.items() if words.search(said)), "need" if kind == "textarea" else "")


def height_of(families: Iterable[str], n_fields: int, business_only: bool) -> int:
    """1 e-mail only, 2 with a name, 3 with company, role or country, 4 with phone, company size, budget or time, or seven fields and
    more; one more where only a business address is taken, at most 5. 0 without any field.
    """
    asked = set(families)
    if not asked:
        return 0
    if asked & {"phone", "size"} or n_fields >= MANY_FIELDS:
        height = 4
    elif asked & {"company", "title", "geo"}:
        height = 3
    else:
        height = 1 if asked == {"e-mail"} else 2
    return min(height + business_only, 5)
