/* Builds the table of pieces and lets charts, lists and fields filter it. Text of strangers only ever becomes textContent. */
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const { fields } = data;
  const named = (names, values) => Object.fromEntries(names.map((name, place) => [name, values[place]]));
  const rows = data.rows.map((values, place) => {
    const row = named(data.columns, values);
    const spoken = [row.title, row.source, row.sentence, fields.topic[row.topic], fields.owner[row.owner], fields.action[row.action], fields.format[row.format]];
    return Object.assign(row, { place, words: spoken.join("\n").toLowerCase() });
  });
  const placeOf = new Map(rows.map((row) => [row.source || row.title, row.place]));
  const element = (tag, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  };
  const number = (value) => (value === null || value === undefined ? "" : value.toLocaleString("en", { maximumFractionDigits: 0 }));
  const plural = (count, word) => `${number(count)} ${word}${count === 1 ? "" : "s"}`;

  // The table ------------------------------------------------------------------------------------------------------------------
  const cellOf = (cell) => {
    const holder = cell.getElement();
    holder.setAttribute("role", "cell"); // Tabulator calls them grid cells, but arrow keys do not move in this table
    return holder;
  };
  const figure = (cell) => (cellOf(cell), element("span", { className: "figure", textContent: number(cell.getValue()) }));
  const clamped = (cell) => {
    const text = fields.topic[cell.getValue()] || "";
    cellOf(cell);
    return element("span", { className: "clamp", textContent: text, title: text });
  };
  const twoLines = (cell, first, second, tone = "dim") => {
    cellOf(cell);
    return element("div", {}, element("span", { className: "two", textContent: first, title: first }), element("span", { className: `two ${tone}`, textContent: second, title: second }));
  };
  const action = (cell) => twoLines(cell, fields.action[cell.getData().action], `priority ${cell.getValue()}`);
  const label = (cell) => twoLines(cell, fields.stage[cell.getValue()], fields.strategy[cell.getData().strategy]);
  const changed = (cell) => twoLines(cell, cell.getData().date, fields.owner[cell.getData().owner] || "");
  const piece = (cell) => {
    const { title, sentence } = cell.getData();
    cellOf(cell);
    return element("div", {}, element("button", { type: "button", className: "two open", textContent: title, title }), element("span", { className: "two dim", textContent: sentence, title: sentence }));
  };
  const gates = (cell) => {
    const { today, gate, lists } = cell.getData();
    const moves = lists & 3; // stands in one of the two lists of gates to change
    return twoLines(cell, fields.today[today], fields.today[today] === fields.gate[gate] ? "right as it is" : `${fields.gate[gate]} advised`, moves ? "moves" : "dim");
  };
  const sortable = (cell) => element("button", { type: "button", className: "sort", textContent: cell.getValue() });
  const unknownLast = (a, b, rowA, rowB, column, direction) => {
    const missing = (value) => value === null || value === "" || value === -1;
    if (missing(a) || missing(b)) return (missing(a) - missing(b)) * (direction === "asc" ? 1 : -1);
    return typeof a === "string" ? a.localeCompare(b) : a - b;
  };
  const has = (field) => rows.some((row) => row[field] !== null && row[field] !== "" && row[field] !== -1);
  const dated = has("date");
  const columns = [
    { title: "Action", field: "priority", width: 178, formatter: action },
    { title: "Piece", field: "title", minWidth: 280, formatter: piece },
    { title: "Stage", field: "stage", width: 128, formatter: label },
    { title: "Gate today", field: "today", width: 150, formatter: gates },
    { title: "Topic", field: "topic", width: 140, formatter: clamped, visible: has("topic") },
    { title: dated ? "Changed" : "Owner", field: dated ? "date" : "owner", width: 124, formatter: changed, visible: dated || has("owner") },
    { title: "Sessions", field: "sessions", width: 112, hozAlign: "right", headerHozAlign: "right", formatter: figure, visible: has("sessions") },
  ];
  const table = new Tabulator("#table", {
    data: rows, columns, index: "place", rowHeight: 57, layout: "fitColumns", placeholder: "No piece fits these filters.",
    height: Math.min(640, 44 + 57 * Math.max(rows.length, 2)), // the window into the rows; Tabulator draws only what it shows
    columnDefaults: { resizable: false, headerSortTristate: true, sorter: unknownLast, titleFormatter: sortable },
    rowFormatter: (row) => row.getElement().setAttribute("aria-rowindex", String((row.getPosition() || 0) + 1)),
  });
  table.on("rowClick", (event, row) => openPiece(row.getData().place));
  table.on("tableBuilt", () => {
    const holder = document.getElementById("table");
    const body = holder.querySelector(".tabulator-tableholder");
    holder.setAttribute("role", "table");
    holder.setAttribute("aria-labelledby", "pieces-title");
    holder.removeAttribute("aria-owns");
    body.removeAttribute("tabindex"); // every row has a button, by which the keyboard scrolls
    body.setAttribute("role", "presentation");
    apply();
  });

  // Filters --------------------------------------------------------------------------------------------------------------------
  const search = document.getElementById("search");
  const picks = [...document.querySelectorAll("select[data-pick]")];
  const choosers = [...document.querySelectorAll("button[data-where]")];
  const status = document.getElementById("status");
  const clear = document.getElementById("clear");
  let chosen = null; // the button whose rows are shown

  const conditions = () => {
    const told = chosen ? chosen.dataset.where.split(" ").map((pair) => pair.split("=")).map(([field, value]) => [field, Number(value)]) : [];
    for (const pick of picks) if (pick.value) told.push([pick.dataset.pick, Number(pick.value)]);
    return told;
  };
  const apply = () => {
    const told = conditions();
    const sought = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (row) => told.every(([field, value]) => (field === "lists" ? (row.lists >> value) & 1 : row[field] === value)) && sought.every((part) => row.words.includes(part));
    if (told.length || sought.length) table.setFilter(fits);
    else table.clearFilter();
    const shown = table.getDataCount("active");
    document.getElementById("table").setAttribute("aria-rowcount", String(shown + 1));
    say(shown, told.length + sought.length > 0);
  };
  const say = (shown, filtered) => {
    const names = [chosen && chosen.dataset.says.replace(/: [^:]*$/, ""), ...picks.filter((pick) => pick.value).map((pick) => pick.selectedOptions[0].textContent), search.value.trim() && `“${search.value.trim()}”`];
    const partly = rows.length < data.total; // a page of a large library holds its most urgent pieces
    const all = partly ? `${number(rows.length)} of ${plural(data.total, "piece")}` : `All ${plural(rows.length, "piece")}`;
    status.textContent = filtered ? `${number(shown)} of ${partly ? "these " : ""}${plural(rows.length, "piece")}: ${names.filter(Boolean).join(", ")}` : `${all}, most urgent first`;
    clear.hidden = !filtered;
  };
  const choose = (button) => {
    chosen = button;
    for (const other of choosers) other.setAttribute("aria-pressed", String(Boolean(button) && other.dataset.where === button.dataset.where));
    apply();
  };
  for (const button of choosers) {
    button.addEventListener("click", () => {
      const again = chosen && chosen.dataset.where === button.dataset.where;
      choose(again ? null : button);
      if (again || button.classList.contains("chip")) return;
      document.getElementById("pieces").scrollIntoView();
      status.focus({ preventScroll: true }); // the next Tab reaches the way to clear
    });
  }
  search.addEventListener("input", apply);
  document.querySelector(".filters").addEventListener("submit", (event) => event.preventDefault());
  for (const pick of picks) pick.addEventListener("change", apply);
  clear.addEventListener("click", () => {
    search.value = "";
    for (const pick of picks) pick.value = "";
    choose(null);
    search.focus();
  });

  // One piece ------------------------------------------------------------------------------------------------------------------
  const dialog = document.getElementById("piece");
  const list = (pairs) => {
    const made = element("dl");
    for (const [name, value] of pairs) if (value !== "" && value !== null && value !== undefined) made.append(element("dt", { textContent: name }), element("dd", {}, value));
    return made;
  };
  const part = (title, ...children) => (children.some(Boolean) ? [element("h3", { textContent: title }), ...children.filter(Boolean)] : []);
  const offerName = (source) => {
    const place = placeOf.get(source);
    if (place === undefined) return element("span", { textContent: source });
    const button = element("button", { type: "button", className: "link", textContent: rows[place].title });
    button.addEventListener("click", () => openPiece(place));
    return button;
  };
  const labels = (row, more) => list([
    ["Strategy", `${fields.strategy[row.strategy]}, ${Math.min(99, more.sure[0])}% sure`],
    ["Stage", `${fields.stage[row.stage]}, ${Math.min(99, more.sure[1])}% sure`],
    ["Format", fields.format[row.format]], ["Phase", `${fields.phase[row.phase]} demand`], ["Topic", fields.topic[row.topic]], ["Flags", more.flags],
    ["Owner", fields.owner[row.owner]], ["Last changed", row.date], ["Sessions", number(row.sessions)], ["Conversions", number(more.conversions)],
    ["Words", number(more.words)], ["Judge it by", more.measures], ["Limits hit", more.limits],
  ]);
  const gate = (row, more) => list([
    ["Today", fields.today[row.today]], ["What shows it", more.shows],
    ["Form", more.form && [more.form[0] && `by ${more.form[0]}`, more.form[1] && `asks for ${more.form[1]}`, more.form[2] && `height ${more.form[2]} of 5`].filter(Boolean).join(", ")],
    ["Advised", `${fields.gate[row.gate]}, ${Math.min(99, more.sure[2])}% sure`],
    ["Before policy", more.neutral === row.gate ? "" : fields.gate[more.neutral]],
    ["Decided by", more.rule && `${more.rule}, not by the score beneath`],
  ]);
  const score = (more) => {
    const made = element("table", {}, element("caption", { className: "hidden", textContent: "Gate score" }));
    const line = (name, value, words) => made.append(element("tr", {}, element("th", { scope: "row", textContent: name }), element("td", { textContent: value }), element("td", { className: "dim", textContent: words })));
    data.parts.forEach(([name, subtracted, words], place) => {
      const value = more.score[place + 1];
      line(name, value ? `${subtracted ? "-" : "+"}${value}` : "0", words[value]);
    });
    line("Total", String(more.score[0]), "4 or more argues for a gate, 2 or 3 for an optional form");
    return made;
  };
  const quotes = (more) => more.quotes.map(([label, place, text]) => element("blockquote", {}, element("span", { textContent: `“${text}”` }), element("span", { className: "dim", textContent: ` ${[label, place].filter(Boolean).join(", ")}` })));
  const links = (more) => more.links.length && element("ul", {}, ...more.links.map(([text, offer, verdict, why]) => element("li", {}, `“${text}”: ${verdict}. `, ...(offer ? ["Leads to ", offerName(offer), ". "] : []), why)));
  const best = (more) => more.best && element("p", {}, offerName(more.best[0]), `, ${more.best[1]}% alike`, more.best[2] ? `; both speak of ${more.best[2]}` : "");
  const copies = (more) => more.copies.length && element("ul", {}, ...more.copies.map((source) => element("li", { textContent: source })));
  const openPiece = (place) => {
    const row = rows[place];
    const more = named(data.detail_columns, data.details[place]);
    const shut = element("button", { type: "button", className: "shut", textContent: "Close" });
    shut.addEventListener("click", () => dialog.close());
    dialog.replaceChildren(
      element("h2", { id: "piece-title", textContent: row.title }), element("p", { className: "dim", textContent: row.source }),
      ...(more.url ? [element("p", {}, element("a", { href: more.url, rel: "noopener noreferrer", target: "_blank", textContent: more.url }))] : []),
      element("p", { className: "lead" }, element("b", { textContent: `${fields.action[row.action]}. ` }), row.sentence),
      ...part("Gate", gate(row, more), score(more)), ...part("Quotes", ...quotes(more)), ...part("Links to offers", links(more)), ...part("Offer that fits best", best(more)),
      ...part("Linked from", more.linked ? element("p", { textContent: plural(more.linked, "demand-gen piece") }) : null),
      ...part("Labels", element("p", { textContent: more.why }), labels(row, more)), ...part("Near-identical pieces", copies(more)), shut,
    );
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
    shut.focus();
  };
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); }); // beside the panel
  for (const button of document.querySelectorAll("button[data-piece]")) button.addEventListener("click", () => openPiece(Number(button.dataset.piece)));
})();
