/* Sends the draft, shows what comes back, marks the words. Text of drafts only ever becomes textContent. */
"use strict";
(() => {
  const facts = JSON.parse(document.getElementById("facts").textContent);
  const $ = (id) => document.getElementById(id);
  const draft = $("draft");
  const title = $("title");
  const PAUSE = 350; // ms without a key before a draft is scored
  const LONG_PAUSE = 1500; // ms without a key after a score, before thirty changed copies are scored
  const MOST_ROWS = 500; // pieces of a file that are shown; a library goes to `gating audit`
  const UNDOABLE = 20000; // characters; longer texts are set at once, without a step back
  const element = (tag, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  };
  const percent = (share) => `${Math.min(99, Math.round(100 * share))} %`;
  const sure = (share) => (share >= 0.895 ? "quite sure" : share >= 0.75 ? "fairly sure" : share >= 0.6 ? "leaning that way" : "undecided");

  const GATES = {
    "ungated": ["Keep it open", "No form in front of it: readers and search engines should reach all of it."],
    "soft-gate": ["Open, with an optional form", "Everybody may read it; offer a form beside it for those who want more."],
    "gated": ["Put a form in front", "Readers will trade their name for what is behind it."],
  };
  const OPENED = {
    "ungated": ["Open it", "It stands behind a form today; readers and search engines should reach all of it."],
    "soft-gate": ["Open it, with an optional form", "It stands behind a form today; let everybody read it, and offer a form beside it."],
  };
  const TODAY = { "ungated": "open", "soft-gate": "open, with an optional form", "gated": "behind a form" };
  const FORM_IS_SERVICE = ["A form belongs here", "The form is what the page is for: it asks for the talk, the seat or the account itself."];
  const STRATEGIES = { "demand-gen": "spread an idea", "lead-gen": "win a named contact" };
  const STAGES = { awareness: "is getting to know the problem", consideration: "is weighing ways to solve it", decision: "is choosing whom to buy from" };
  const HEAD_NAMES = { strategy: "What it is built for", stage: "Where its reader stands", gate: "Whether to gate it" };
  const FLAGS = { customer: "for people who bought already", thin: "very short", stale: "tied to a date that has passed", "not-marketing": "not marketing", mixed: "two jobs at once" };

  let record = null; // what the server said last of the text that is shown
  let before = null; // the record that meters are compared with
  let known = {}; // of a piece that came from a file: description, address, and what stands around its text, such as its form
  let pieces = []; // records of a file with many pieces
  let shownPiece = -1;
  let asking = null; // what can be stopped: the request under way
  let pause = 0;

  // Asking ---------------------------------------------------------------------------------------------------------------------
  const body = (more) => {
    const text = draft.value;
    const kind = /^(---|\+\+\+)\s*\n/.test(text) ? "markdown" : "text"; // only Markdown has front matter
    return { [kind]: text, title: title.value, ...known, ...($("policy").value ? { policy: $("policy").value } : {}), explain: true, ...more };
  };
  const fail = (sentence) => {
    $("problem").textContent = sentence;
    $("problem").hidden = !sentence;
  };
  const wait = (seconds, signal) => new Promise((done, stop) => {
    const timer = setTimeout(done, 1000 * seconds);
    signal.addEventListener("abort", () => (clearTimeout(timer), stop(new DOMException("", "AbortError"))));
  });
  const send = async (address, options, signal, isQuiet = false) => {
    for (let turn = 0; ; turn++) {
      let response;
      try {
        response = await fetch(address, { method: "POST", signal, ...options });
      } catch (error) {
        if (error.name === "AbortError") throw error;
        throw new Error("The server does not answer. Is “gating serve” still running?");
      }
      if (response.ok) return response;
      if (response.status === 503 && turn < 5) {
        if (!isQuiet) say("The server is busy; trying again.");
        await wait(Number(response.headers.get("Retry-After")) || 2, signal);
        continue;
      }
      const told = await response.json().catch(() => null);
      throw new Error(told && told.error ? told.error.message : `The server refused (${response.status}).`);
    }
  };
  const scored = async (request, signal) => (await send("/v1/score", { headers: { "Content-Type": "application/json" }, body: JSON.stringify(request) }, signal, request.flips)).json();
  const begin = () => {
    if (asking) asking.abort();
    clearTimeout(pause);
    asking = new AbortController();
    return asking.signal;
  };
  const attempt = async (work) => {
    const signal = begin();
    try {
      await work(signal);
    } catch (error) {
      if (error.name === "AbortError") return;
      say("");
      fail(error.message);
    }
  };
  const score = (fresh) => attempt(async (signal) => {
    if (!draft.value.trim()) return reset();
    say("Scoring …");
    show(await scored(body(), signal), fresh);
    pause = setTimeout(look, LONG_PAUSE);
  });
  const look = () => attempt(async (signal) => {
    if (!record || record.strategy === null) return;
    try {
      const more = await scored(body({ flips: true }), signal);
      showFlips(more);
      showProposals(more);
    } catch (error) {
      if (error.name === "AbortError") throw error;
      $("flips").replaceChildren(element("li", { textContent: "There was no time to look. Change the draft to have it looked for again." }));
    }
  });
  const later = () => {
    if (asking) asking.abort();
    clearTimeout(pause);
    pause = setTimeout(() => score(false), PAUSE);
  };
  const say = (words) => { if ($("status").textContent !== words) $("status").textContent = words; };

  // Files ----------------------------------------------------------------------------------------------------------------------
  const open = (files) => {
    const large = files.find((file) => file.size > 1e6 * facts.max_mb);
    if (large) return fail(`${large.name} is larger than ${facts.max_mb} MB, the most that is read.`);
    return attempt(async (signal) => {
      const form = new FormData();
      for (const file of files) form.append("file", file, file.name);
      say(`Reading ${files.length === 1 ? files[0].name : `${files.length} files`} …`);
      fail("");
      const policy = $("policy").value ? `&policy=${encodeURIComponent($("policy").value)}` : "";
      const response = await send(`/v1/score?explain=true${policy}`, { headers: { Accept: "application/x-ndjson" }, body: form }, signal);
      pieces = [];
      shownPiece = -1;
      let whole = true;
      for await (const piece of records(response)) {
        pieces.push(piece);
        if (pieces.length === 2) startList();
        if (pieces.length > 1) addRow(pieces.length - 1);
        if (pieces.length >= MOST_ROWS && (whole = false) === false) break;
      }
      if (!whole) asking.abort();
      if (pieces.length === 1) return openPiece(0);
      const scoredOnes = pieces.filter((piece) => piece.strategy).length;
      say(`${scoredOnes} of ${pieces.length} pieces scored${whole ? "" : `; the first ${MOST_ROWS} are shown, “gating audit” reads them all`}.`);
    });
  };
  async function* records(response) {
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let held = "";
    for (;;) {
      const { done, value } = await reader.read();
      held += value || "";
      const lines = held.split("\n");
      held = lines.pop();
      for (const line of lines) if (line) yield JSON.parse(line);
      if (done) return;
    }
  }
  const openPiece = (place) => {
    const piece = pieces[place];
    shownPiece = place;
    if (piece.strategy === null) {
      reset(true);
      say("");
      return fail(`${piece.title || piece.source}: ${piece.reason}.`);
    }
    fail("");
    title.value = piece.title;
    known = Object.fromEntries(["description", "url", "around"].filter((name) => piece[name]).map((name) => [name, piece[name]]));
    put(piece.draft);
    $("paper").scrollTop = 0;
    $("back").hidden = pieces.length < 2;
    show(piece, true);
    pause = setTimeout(look, LONG_PAUSE);
    draft.focus({ preventScroll: true });
    draft.setSelectionRange(0, 0);
  };
  const startList = () => {
    reset(true);
    $("empty").hidden = true;
    const head = element("tr", {}, ...["Piece", "Built to", "Stage", "Gate"].map((name) => element("th", { scope: "col", textContent: name })));
    $("list").replaceChildren(element("div", { className: "card" }, element("h3", { id: "list-title", textContent: "Pieces" }),
      element("table", { className: "rows" }, element("caption", { className: "hidden", textContent: "Pieces of the file" }), element("thead", {}, head), element("tbody", { id: "rows" }))));
    $("list").hidden = false;
    addRow(0);
  };
  const addRow = (place) => {
    const piece = pieces[place];
    const name = piece.title || piece.source;
    const row = element("tr");
    if (piece.strategy === null) {
      row.append(element("th", { scope: "row", textContent: name }), element("td", { className: "reason", colSpan: 3, textContent: `${piece.status}: ${piece.reason}` }));
    } else {
      const button = element("button", { type: "button", className: "link", textContent: name });
      button.addEventListener("click", () => { $("list").hidden = true; openPiece(place); });
      row.append(element("th", { scope: "row" }, button), ...[STRATEGIES[piece.strategy], piece.stage, GATES[piece.gate][0]].map((text) => element("td", { textContent: text })));
    }
    $("rows").append(row);
    say(`${pieces.length} pieces read …`);
  };

  // The text and its marks -----------------------------------------------------------------------------------------------------
  const put = (text) => { // as if typed, so that it can be undone
    draft.focus({ preventScroll: true });
    draft.select();
    putting = true;
    if (text.length > UNDOABLE || !document.execCommand("insertText", false, text)) draft.value = text;
    putting = false;
  };
  let putting = false;
  let segments = []; // {start, end, labels} of marked words, in order
  const escaped = (word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const locate = (text, item) => {
    // Words in a row, whatever marks of Markdown, links or line ends stand between them; from the line of the quote on.
    const words = item.quote.match(/[\p{L}\p{N}]+/gu);
    if (!words) return null;
    const sought = new RegExp(words.map(escaped).join("(?:\\]\\([^)\\n]*\\)|[^\\p{L}\\p{N}]){0,40}?"), "gu");
    let from = 0;
    for (let line = 1; line < item.line && from >= 0; line++) from = text.indexOf("\n", from) + 1 || -1;
    sought.lastIndex = Math.max(0, from);
    let found = sought.exec(text);
    if (!found && from) {
      sought.lastIndex = 0;
      found = sought.exec(text);
    }
    return found && { start: found.index, end: found.index + found[0].length };
  };
  const mark = () => {
    const text = draft.value;
    const places = record ? record.evidence.map((item) => ({ item, ...locate(text, item) })).filter((place) => place.end) : [];
    const cuts = [...new Set([0, text.length, ...places.flatMap((place) => [place.start, place.end])])].sort((a, b) => a - b);
    const parts = [];
    segments = [];
    cuts.slice(0, -1).forEach((start, number) => {
      const end = cuts[number + 1];
      const here = places.filter((place) => place.start <= start && place.end >= end).map((place) => place.item);
      if (!here.length) return parts.push(text.slice(start, end));
      const made = element("mark", { className: facts.heads[here[0].label], textContent: text.slice(start, end) });
      segments.push({ start, end, made, items: here });
      parts.push(made);
    });
    $("mirror").replaceChildren(...parts, "\n\u200b"); // a last line that is empty takes room, too
    hideNote();
  };
  const noteFor = (segment) => segment.items.map((item) => `Speaks for ${item.label}: ${percent(item.weight)} of what does.`);
  let noted = null;
  const showNote = (segment) => {
    if (segment === noted) return;
    hideNote();
    noted = segment;
    const note = $("note");
    note.replaceChildren(...noteFor(segment).map((words) => element("p", { textContent: words })));
    note.hidden = false;
    segment.made.classList.add("now");
    const sheet = $("mirror").getBoundingClientRect();
    const at = segment.made.getClientRects()[0];
    note.style.top = `${segment.made.getBoundingClientRect().bottom - sheet.top + 6}px`;
    note.style.left = `${Math.max(4, Math.min(at.left - sheet.left, sheet.width - note.offsetWidth - 8))}px`;
  };
  const hideNote = () => {
    if (noted) noted.made.classList.remove("now");
    noted = null;
    $("note").hidden = true;
  };
  draft.addEventListener("pointermove", (event) => {
    const under = document.elementsFromPoint(event.clientX, event.clientY).find((each) => each.tagName === "MARK");
    const segment = segments.find((each) => each.made === under);
    if (segment) showNote(segment);
    else if (noted) hideNote();
  });
  draft.addEventListener("pointerleave", hideNote);
  let dismissed = -1; // where the cursor stood at Escape: news of how it came there may follow
  draft.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    dismissed = draft.selectionStart;
    hideNote();
  });
  document.addEventListener("selectionchange", () => {
    if (document.activeElement !== draft || putting || draft.selectionStart === dismissed) return;
    dismissed = -1;
    const segment = segments.find((each) => each.start <= draft.selectionStart && draft.selectionEnd <= each.end);
    if (!segment) return hideNote();
    if (segment !== noted) say(noteFor(segment).join(" "));
    showNote(segment);
  });
  const find = (item) => {
    const place = locate(draft.value, item);
    if (!place) return say("These words are not in the draft any more.");
    const segment = segments.find((each) => each.start <= place.start && place.start < each.end);
    draft.focus({ preventScroll: true });
    draft.setSelectionRange(place.start, place.end);
    if (segment) {
      const paper = $("paper");
      paper.scrollTop += segment.made.getBoundingClientRect().top - paper.getBoundingClientRect().top - paper.clientHeight / 3;
      showNote(segment);
    }
    if (getComputedStyle(document.querySelector(".desk")).position === "static") $("paper").scrollIntoView({ block: "center" });
  };

  // The verdict ----------------------------------------------------------------------------------------------------------------
  const show = (told, fresh) => {
    record = told;
    fail("");
    if (told.strategy === null) {
      before = null;
      $("result").hidden = $("summary").hidden = true;
      $("empty").hidden = false;
      mark();
      return say(`Not scored yet: ${told.reason}.`);
    }
    if (fresh || !before) {
      before = told;
      if (scrollY > document.querySelector("main").offsetTop) scrollTo({ top: 0 }); // another draft: its verdict first
    }
    $("empty").hidden = true;
    $("list").hidden = true;
    $("result").hidden = false;
    $("clear").hidden = false;
    $("proposals").hidden = true;
    $("flips").replaceChildren(element("li", { textContent: "Looking …" }));
    verdict(told);
    meters(told);
    gateParts(told);
    quotes(told);
    more(told);
    mark();
    if (told.flips) showFlips(told);
    showProposals(told);
    $("words").textContent = `${told.n_words.toLocaleString("en")} words`;
    say(`${$("headline").textContent}, ${percent(told.confidence.gate)} sure.`);
  };
  const headlineOf = (told) => {
    if (told.gate === "gated" && told.gate_rule === "G1") return FORM_IS_SERVICE;
    return (told.observed_gate === "gated" && OPENED[told.gate]) || GATES[told.gate];
  };
  const verdict = (told) => {
    const [headline, meaning] = headlineOf(told);
    $("verdict").className = `card verdict ${told.gate}`;
    $("sign").textContent = `${sure(told.confidence.gate)}, ${percent(told.confidence.gate)}`;
    $("headline").textContent = headline;
    $("meaning").textContent = meaning;
    $("why").textContent = told.why;
    $("review").hidden = !told.review;
    $("review").querySelector("span").textContent = unsure(told);
    $("reasons").replaceChildren(...reasons(told).map((words) => element("li", { textContent: words })));
    $("summary").textContent = `${headline}, ${percent(told.confidence.gate)} sure`;
    $("summary").hidden = false;
  };
  const unsure = (told) => {
    if (told.flags.includes("not-marketing")) return "This looks like a page that is not marketing at all.";
    if (told.why.includes("please decide")) return "The wording of the draft and the kind of page it is point to different answers.";
    if (told.confidence.strategy < told.confidence.gate) return "It is not clear whether the draft wants to spread an idea or to win a contact.";
    return "It is not clear from the draft whether a form fits.";
  };
  const reasons = (told) => {
    const parts = told.gate_parts;
    const points = `${parts.total} point${parts.total === 1 ? "" : "s"}`;
    const earns = parts.total >= facts.gated_from ? ", enough for a form in front" : parts.total >= facts.soft_from ? ", enough for an optional form" : `; an optional form would want ${facts.soft_from}, one in front ${facts.gated_from}`;
    return [
      `It is built to ${STRATEGIES[told.strategy]}, ${sure(told.confidence.strategy)} (${percent(told.confidence.strategy)}).`,
      `Its reader ${STAGES[told.stage]}, ${sure(told.confidence.stage)} (${percent(told.confidence.stage)}).`,
      ...(facts.rules[told.gate_rule] ? [`It reads like ${facts.rules[told.gate_rule]}; that counts for more than its score.`] : []),
      `As something to trade it earns ${points} of 6${earns}.`,
      ...(told.policy_rule ? [`Your settings have the last word: ${told.policy_rule}.`] : []),
    ];
  };
  const meter = (name, question, answer, at, was, ends, edges = []) => {
    const holder = $(`meter-${name}`);
    let scale = holder.querySelector(".scale");
    if (!scale) {
      scale = element("div", { className: "scale" }, ...edges.slice(1).map((edge, place) => { const zone = element("i", { className: `zone-${place}` }); zone.style.left = `${edges[place]}%`; zone.style.width = `${Math.max(0, edge - edges[place])}%`; return zone; }), element("span", { className: "was" }), element("span", { className: "at" }));
      scale.setAttribute("aria-hidden", "true");
      const said = element("p", { className: "said" }, element("b"), element("span"));
      holder.append(said, scale, element("p", { className: "ends" }, ...ends.map((end) => element("span", { textContent: end }))));
      said.firstChild.textContent = question;
    }
    scale.querySelector(".at").style.left = `${at}%`;
    scale.querySelector(".was").style.left = `${was}%`;
    scale.querySelector(".was").hidden = Math.abs(at - was) < 0.5;
    holder.querySelector(".said span").replaceChildren(...answer);
  };
  const moved = (from, to) => (from === to ? [] : [element("span", { className: "moved", textContent: `was ${from}` })]);
  const meters = (told) => {
    const lead = (each) => Math.min(99, Math.max(1, Math.round(100 * each.lead_gen_probability)));
    const stage = (each) => Math.round(each.stage_score);
    const total = (each) => each.gate_parts.total;
    const place = (each) => ((total(each) + 3) / 9) * 100;
    const [soft, gated] = [facts.soft_from, facts.gated_from].map((from) => Math.min(100, ((from + 2.5) / 9) * 100));
    const [stage0, total0] = [stage(before), total(before)];
    const built = (each) => `${each.strategy}, ${percent(each.confidence.strategy)} sure`;
    meter("strategy", "Built for", [built(told), ...moved(built(before), built(told))], lead(told), lead(before), ["spread an idea", "win a contact"]);
    const others = told.label_sets.stage.slice(1);
    meter("stage", "Reader", [`${told.stage}${others.length ? `, could be ${others.join(" or ")}` : ""}, ${stage(told)} of 100`, ...moved(stage0, stage(told))], stage(told), stage0, ["first awareness", "consideration", "ready to buy"]);
    meter("gate", "Gate score", [`${total(told)} of 6`, ...moved(total0, total(told))], place(told), place(before), ["open", `optional form from ${facts.soft_from}`, `form in front from ${facts.gated_from}`], [0, soft, gated, 100]);
    $("rebase").hidden = before === told;
  };
  const gateParts = (told) => {
    const rule = facts.rules[told.gate_rule];
    $("rule").textContent = rule ? `Decided by what it is (${rule}), not by this score. As something to trade it would earn:` : `What it is worth as something to trade. From ${facts.soft_from} on an optional form, from ${facts.gated_from} on a form in front.`;
    const rows = facts.parts.map((part) => {
      const value = told.gate_parts[part.key];
      const cells = element("span", { className: `cells${part.subtracted ? " less" : ""}` }, ...part.words.slice(1).map((_, place) => element("span", { className: place < value ? "on" : "" })));
      cells.setAttribute("aria-hidden", "true");
      const old = before.gate_parts[part.key];
      return element("li", {}, element("span", { textContent: part.name }), cells, element("span", { className: "value", textContent: value ? `${part.subtracted ? "−" : "+"}${value}` : "0" }), element("span", { className: "words" }, part.words[value], ...moved(old, value)));
    });
    const total = element("li", { className: "total" }, element("span", { textContent: "Total" }), element("span"), element("span", { className: "value", textContent: String(told.gate_parts.total).replace("-", "−") }), element("span", { className: "words", textContent: "of 6" }));
    $("parts").replaceChildren(...rows, total);
    $("chain").replaceChildren(...(told.chain || []).map((step) => element("li", {}, element("b", { textContent: `${step.step}: ` }), step.says)));
  };
  const quotes = (told) => {
    const groups = Object.keys(HEAD_NAMES).map((head) => [head, told.evidence.filter((item) => facts.heads[item.label] === head)]).filter(([, items]) => items.length);
    $("evidence").replaceChildren(...groups.flatMap(([head, items]) => [
      element("h4", { textContent: `${HEAD_NAMES[head]}: ${items[0].label}` }),
      element("ul", {}, ...items.map((item) => {
        const button = element("button", { type: "button", className: `quote of-${head}` }, `“${item.quote.replace(/^["“”]+|["“”]+$/g, "")}”`, element("small", { textContent: `${percent(item.weight)} of what speaks for ${item.label}` }));
        button.addEventListener("click", () => find(item));
        return element("li", {}, button);
      })),
    ]));
  };
  const showFlips = (told) => {
    const lines = (told.flips || []).map((flip) => element("li", {}, element("b", { textContent: `${HEAD_NAMES[flip.head]}: ` }),
      flip.flips ? `${flip.change}, and it is ${flip.to} (${percent(flip.probability)}).` : `nothing that was tried; ${flip.change} comes nearest.`));
    $("flips").replaceChildren(...(lines.length ? lines : [element("li", { textContent: "Nothing that was tried." })]));
  };
  const showProposals = (told) => {
    const given = told.proposals || []; // in answers with flips; docs/json.md has the fields
    $("proposals").hidden = !given.length;
    $("proposals").querySelector("ul").replaceChildren(...given.map((each) => {
      const button = element("button", { type: "button", className: "link", textContent: `Find “${each.quote}”` });
      button.addEventListener("click", () => find(each));
      return element("li", {}, each.sentence, element("p", { className: "hint", textContent: each.why }), element("p", {}, button));
    }));
  };
  const more = (told) => {
    const today = told.observed_gate === "unknown" ? "" : `${TODAY[told.observed_gate]}${told.observed_gate_evidence ? ` (${told.observed_gate_evidence})` : ""}`;
    const kept = known.around ? `as in ${known.around.source}, with its form, links and front matter, whatever you edit` : "";
    const lines = [
      ["Kind of page", told.format], ["Phase", `${told.phase} demand`], ["Judge it by", told.measures.join(", ")], ["Given out today", today], ["What stands around it", kept],
      ["Marks", told.flags.map((flag) => FLAGS[flag] || flag).join(", ")], ["Limits hit", told.reason], ["Model", told.model],
    ];
    $("more").replaceChildren(...lines.filter(([, value]) => value).flatMap(([name, value]) => [element("dt", { textContent: name }), element("dd", { textContent: value })]));
  };

  // What a person does ---------------------------------------------------------------------------------------------------------
  const reset = (keepList = false) => {
    record = before = null;
    known = {};
    if (!keepList) { pieces = []; $("list").hidden = true; $("list").replaceChildren(); }
    $("result").hidden = $("summary").hidden = $("back").hidden = true;
    $("empty").hidden = false;
    $("clear").hidden = !keepList;
    $("words").textContent = "";
    title.value = "";
    if (draft.value) put("");
    mark();
    fail("");
    say("");
  };
  const type = () => { if (!putting) later(); mark(); };
  draft.addEventListener("input", type);
  title.addEventListener("input", later);
  $("policy").addEventListener("change", () => score(false));
  $("choose").addEventListener("click", () => $("file").click());
  $("file").addEventListener("change", () => { const files = [...$("file").files]; $("file").value = ""; if (files.length) open(files); });
  $("example").addEventListener("click", () => { reset(); put(facts.example); mark(); score(true); draft.setSelectionRange(0, 0); $("paper").scrollTop = 0; });
  $("clear").addEventListener("click", () => { begin(); reset(); draft.focus(); });
  $("back").addEventListener("click", () => {
    begin();
    $("result").hidden = $("summary").hidden = $("back").hidden = true;
    $("list").hidden = false;
    const buttons = $("list").querySelectorAll("tr");
    (buttons[shownPiece + 1]?.querySelector("button") || $("choose")).focus();
    say("");
  });
  $("rebase").addEventListener("click", () => { before = record; meters(record); gateParts(record); draft.focus({ preventScroll: true }); });
  draft.addEventListener("paste", (event) => {
    const files = [...event.clipboardData.files];
    const html = event.clipboardData.getData("text/html");
    if (files.length && !event.clipboardData.getData("text/plain")) {
      event.preventDefault();
      open(files);
      return;
    }
    const all = draft.selectionStart === 0 && draft.selectionEnd === draft.value.length;
    if (all) known = {}; // another text; the form of the file before it is not its own
    if (!html || !all || !/<(h[1-6]|li|table|strong|b|a)[\s>]/i.test(html)) return;
    event.preventDefault(); // as the sender wrote it: headings, lists and links stay what they are
    const plain = event.clipboardData.getData("text/plain");
    attempt(async (signal) => {
      const told = await scored({ html, explain: true, ...($("policy").value ? { policy: $("policy").value } : {}) }, signal);
      put(told.draft || plain);
      mark();
      await score(true);
    });
  });
  let depth = 0;
  const hasFiles = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
  const drag = (event, change) => { if (hasFiles(event)) { event.preventDefault(); depth = change(depth); $("dropping").hidden = depth < 1; } };
  addEventListener("dragenter", (event) => drag(event, (count) => count + 1));
  addEventListener("dragleave", (event) => drag(event, (count) => Math.max(0, count - 1)));
  addEventListener("dragover", (event) => drag(event, (count) => count));
  addEventListener("drop", (event) => {
    drag(event, () => 0);
    const files = event.dataTransfer ? [...event.dataTransfer.files] : [];
    if (files.length) open(files);
  });
  $("policy").prepend(element("option", { value: "", textContent: "as set on the server", selected: true }));
  mark();
  if (draft.value.trim()) score(true); // what the browser kept over a reload
})();
