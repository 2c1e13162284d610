// The reconciliation service's page; base.js has what every service's page needs.
"use strict";

// ---- texts --------------------------------------------------------------------------------------------------------------

const kSources = { listener: "Listener", drop_copy: "Drop copy", rest: "REST", websocket: "WebSocket", klear: "Klear", firm: "Firm", ledger: "Ledger", fills: "Fills" };
const kCategories = {
  missing_here: ["Missing here", "another source tells of it, the account's own FIX feed does not"],
  missing_there: ["Missing there", "FIX told it, another source that must know does not have it"],
  duplicate: ["Duplicate", "one ExecID, told again with other content"],
  quantity: ["Quantity", "the two sides state another quantity"],
  price: ["Price", "the two sides state another price"],
  side: ["Side", "bought here and sold there"],
  symbol: ["Symbol", "the two sides state another symbol"],
  account: ["Account", "another account, subaccount or customer than the one it is booked under"],
  order_state: ["Order state", "open here and done there, or the reverse"],
  cum_qty: ["CumQty", "CumQty(14) is not the sum of the fills"],
  avg_px: ["AvgPx", "AvgPx(6) is not the mean of the fills"],
  position: ["Position", "fills, 704/705, REST and clearing do not agree"],
  fee: ["Fee", "the fee differs by more than the exchange's rounding"],
  funding: ["Funding", "a funding payment differs"],
  collateral: ["Collateral", "cash or margin differ"],
  late: ["Late", "it came after the cut of its clearing day"],
  clearing_date: ["Clearing date", "ClearingBusinessDate(715) is not the day of its TransactTime(60)"],
  corporate_action: ["Corporate action", "a position or price changed without a trade, and the action behind it is not known"],
  undecodable: ["Undecodable", "bytes that could not be read; they are kept"],
  outcome_unknown: ["Outcome unknown", "an order was sent, and nobody can say what became of it"],
};
const kStateWords = { up: "answers", unknown: "unknown", waiting: "has not answered yet", off: "off" };
const kBy = { listener: "listener", drop_copy: "drop copy", rest: "REST", nobody: "nobody could", open: "still open" };
const sourceName = (source) => kSources[source] || source;
const categoryName = (category) => (kCategories[category] || [category])[0];

const state = {
  summary: null, fetched: 0, account: "", user: "", token: "",
  view: "", argument: "", date: "", filters: { state: "open", category: "", text: "" }, executions: "", drawn: "", asked: 0, arriving: false, entered: false,
};

// ---- overview -----------------------------------------------------------------------------------------------------------

function verdictOf(summary) {
  const unknown = summary.sources.filter((s) => s.state === "unknown");
  const { confirmed, pending } = summary.breaks;
  const asks = unknown.length ? "Not known now: " + unknown.map((s) => s.account + " " + sourceName(s.source)).join(", ") + ". Nothing is concluded from its silence." : "";
  if (confirmed) return ["bad", "!", confirmed + (confirmed === 1 ? " break is confirmed" : " breaks are confirmed"), [pending ? pending + " more within the grace." : "", asks].join(" ")];
  if (unknown.length) return ["warn", "?", unknown.length + (unknown.length === 1 ? " source does" : " sources do") + " not answer", asks];
  if (pending) return ["warn", "…", pending + (pending === 1 ? " difference" : " differences") + " within the grace", "Two sources may differ for a moment; what stays becomes a break."];
  if (summary.sources.some((s) => s.state === "waiting")) return ["", "…", "Waiting for the first answers", "Nothing is concluded before each source has answered once."];
  return ["good", "✓", "Everything agrees", "Each execution is told alike by every source that must know it."];
}

function verdict(summary) {
  const [tone, mark, title, words] = verdictOf(summary);
  return el("section", { class: "panel verdict " + tone, "aria-label": "Verdict" }, el("div", { class: "mark", "aria-hidden": "true" }, mark),
    el("div", {}, el("h1", { tabindex: -1 }, title), el("p", {}, words.trim())));
}

function figures(summary) {
  const today = summary.today;
  const holes = summary.gaps_open;
  return el("div", { class: "figures" },
    figure("Open breaks", amount(String(summary.breaks.open), 0), summary.breaks.confirmed + " confirmed, " + summary.breaks.pending + " pending"),
    figure("Executions", amount(summary.fills, 0), amount(String(today.fills), 0) + " this clearing day"),
    figure("Notional today", amount(today.notional), "fees " + amount(today.fees)),
    figure("Net PnL today", signed(today.net_pnl), "realised " + amount(today.realized_pnl) + ", funding " + amount(today.funding)),
    figure("Holes", String(holes), holes ? "still to be closed" : "all closed"));
}

function light(source) {
  const age = source.age_seconds === null ? "" : el("span", { class: "age", "data-age": source.age_seconds, title: "since its last message" });
  const because = source.why && source.state !== "up" ? el("div", { class: "why" }, source.why) : null;
  const told = source.state === "up" ? amount(String(source.messages), 0) + " messages" : kStateWords[source.state] || source.state;
  return el("li", { class: "light " + source.state, title: source.why }, el("span", { class: "dot", "aria-hidden": "true" }), el("span", { class: "name" }, sourceName(source.source)),
    age, el("div", { class: "word" }, told + (source.since && source.state === "unknown" ? " since " + clock(new Date(source.since)) + " UTC" : "")), because);
}
const mine = (row) => !state.account || row.account === state.account;
function lights(summary) {
  const accounts = [...new Set(summary.sources.map((s) => s.account))];
  const groups = accounts.filter((account) => mine({ account })).map((account) => [
    accounts.length > 1 && el("h3", { class: "light-account" }, account),
    el("ul", { class: "lights", role: "list" }, summary.sources.filter((s) => s.account === account).map(light)),
  ]);
  return panel("Sources", groups.length ? groups : empty("No source has been heard of yet."));
}

async function overview() {
  const [coverage, breaks, series] = await Promise.all([ask(query("/api/coverage", {})), ask(query("/api/breaks", { state: "open", limit: 6, account: state.account })),
    ask(query("/api/series", { account: state.account }))]);
  return () => [verdict(state.summary), figures(state.summary), lights(state.summary), timelinePanel(coverage, el("a", { href: "#/coverage" }, "Holes and who closed them")),
    el("section", { class: "panel" }, el("div", { class: "panel-head" }, el("h2", {}, "Newest open breaks"), el("a", { href: "#/breaks" }, "All breaks")),
      breaks.breaks.length ? breakTable(breaks.breaks) : empty("No open break.")),
    el("div", { class: "grid three" }, plots(series))];
}

// ---- breaks -------------------------------------------------------------------------------------------------------------

// Two texts with what is different of them marked, by their common beginning and end.
function marked(text, other) {
  let begin = 0;
  while (begin < text.length && begin < other.length && text[begin] === other[begin]) begin++;
  let end = 0;
  while (end < text.length - begin && end < other.length - begin && text[text.length - 1 - end] === other[other.length - 1 - end]) end++;
  const middle = text.slice(begin, text.length - end);
  return [text.slice(0, begin), middle && el("mark", {}, middle), end ? text.slice(text.length - end) : ""];
}
const sideValue = (value, other) => (value ? marked(value, other) : el("span", { class: "none" }, "nothing"));

function breakTable(rows) {
  return table([
    { name: "Break", of: (b) => el("a", { href: "#/breaks/" + b.id, "data-key": "break-" + b.id }, "#" + b.id) },
    { name: "State", of: (b) => badge(b.state) },
    { name: "Category", of: (b) => el("span", { title: (kCategories[b.category] || [])[1] }, categoryName(b.category)) },
    { name: "Account", of: (b) => b.account },
    { name: "Symbol", of: (b) => b.symbol || "–" },
    { name: "Here", wrap: true, of: (b) => [sideValue(b.here_value, b.there_value), b.here_source && el("div", { class: "quiet small" }, sourceName(b.here_source))] },
    { name: "There", wrap: true, of: (b) => [sideValue(b.there_value, b.here_value), b.there_source && el("div", { class: "quiet small" }, sourceName(b.there_source))] },
    { name: "At risk", num: true, of: (b) => amount(b.notional) },
    { name: "First seen", num: true, of: (b) => moment(b.first_seen) },
  ], rows, { link: (b) => "#/breaks/" + b.id });
}

function breakFilters() {
  const f = state.filters;
  const set = (name) => (value) => { f[name] = value; draw(); };
  const text = el("input", { type: "search", value: f.text, "data-key": "filter-text", placeholder: "id, symbol, ExecID, ClOrdID", on: { input: () => { f.text = text.value; draw(); } } });
  return el("div", { class: "filters", role: "search" },
    el("label", {}, "State", choice("filter-state", f.state, [["open", "open"], ["pending", "pending"], ["confirmed", "confirmed"], ["resolved", "resolved"], ["explained", "explained"], ["accepted", "accepted"], ["all", "all"]], set("state"))),
    el("label", {}, "Category", choice("filter-category", f.category, [["", "all"], ...Object.entries(kCategories).map(([key, [name]]) => [key, name])], set("category"))),
    el("label", {}, "Find", text));
}
function matches(b) {
  const wanted = state.filters.text.trim().toLowerCase();
  return !wanted || [b.id, b.subject, b.symbol, b.exec_id, b.fill_id, b.order_id, b.cl_ord_id, b.here_value, b.there_value, b.reason].some((t) => String(t).toLowerCase().includes(wanted));
}
async function breaksView() {
  const { state: wanted, category } = state.filters;
  const parameters = { state: wanted, category, account: state.account, limit: 200 };
  const answer = await ask(query("/api/breaks", parameters));
  return () => {
    const rows = answer.breaks.filter(matches);
    const more = answer.next && el("p", { class: "quiet small" }, "The newest 200 are shown; narrow the filters, or use ", el("code", {}, "marginfix reconcile breaks list"), " for all.");
    return [head("Breaks", breakFilters()), el("section", { class: "panel" }, rows.length ? breakTable(rows) : empty(answer.breaks.length ? "No break has that in it." : "No break here."), more)];
  };
}

const kFillRows = [["Price", "price", amount], ["Quantity", "quantity", quantity], ["Side", "side"], ["Symbol", "symbol"], ["Subaccount", "subaccount"], ["Fee", "fee", amount], ["Realised PnL", "realized_pnl", amount],
  ["Clearing date", "clearing_date"], ["Transact time", "transact_time"], ["ExecID", "exec_id"], ["ClOrdID", "cl_ord_id"], ["Position after", "post_position", quantity], ["First told", "first_seen"], ["Times told", "times_told"]];
const kMayDiffer = new Set(["first_seen", "times_told"]);
function told(fill, key, shape) {
  const value = fill[key];
  if (value === null || value === undefined || value === "") return null;
  return shape ? shape(value) : key.endsWith("_time") || key === "first_seen" ? moment(value) : String(value);
}
function sourceFills(fills) {
  if (!fills.length) return null;
  const rows = kFillRows.map(([name, key, shape]) => {
    const values = fills.map((f) => f[key]).filter((v) => v !== null && v !== undefined && v !== "");
    const odd = (value) => !kMayDiffer.has(key) && values.some((v) => v !== value) && values.filter((v) => v === value).length * 2 <= values.length;
    return el("tr", {}, el("th", { scope: "row" }, name), fills.map((f) => {
      const value = told(f, key, shape);
      return el("td", { class: value !== null && odd(f[key]) ? "cell-differs" : null }, value === null ? el("span", { class: "quiet" }, "not said") : value);
    }));
  });
  return panel("What each source says of this fill", el("div", { class: "scroll" }, el("table", {},
    el("thead", {}, el("tr", {}, el("td", {}), fills.map((f) => el("th", { scope: "col" }, sourceName(f.source))))), el("tbody", {}, rows))));
}

function sidePane(title, source, value, other) {
  return el("div", { class: "side" }, el("h3", {}, title + (source ? " · " + sourceName(source) : "")), el("div", { class: "value" }, sideValue(value, other)));
}
function facts(b) {
  const rows = [["Account", b.account + (b.subaccount === null ? "" : ", subaccount " + b.subaccount)], ["Symbol", b.symbol], ["Subject", id(b.subject)], ["ExecID", id(b.exec_id)], ["Trade id", id(b.fill_id)], ["OrderID", id(b.order_id)],
    ["ClOrdID", id(b.cl_ord_id)], ["At risk", amount(b.notional)], ["First seen", moment(b.first_seen)], ["Confirmed", moment(b.confirmed)], ["Closed", b.closed && moment(b.closed)], ["Closed by", b.closed && (b.closed_by || "itself")], ["Reason", b.reason]];
  return el("dl", {}, rows.filter(([, value]) => value).map(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
}
function orderFacts(o) {
  if (!o) return null;
  const rows = [["OrderID", id(o.order_id)], ["ClOrdID", id(o.cl_ord_id)], ["Order", o.side + " " + quantity(o.order_qty) + " " + o.symbol + " at " + amount(o.price)], ["OrdStatus(39)", o.ord_status],
    ["CumQty / LeavesQty", quantity(o.cum_qty) + " / " + quantity(o.leaves_qty)], ["by REST", o.rest_cum_qty === null ? "" : quantity(o.rest_cum_qty) + " / " + quantity(o.rest_leaves_qty)], ["AvgPx(6)", o.avg_px], ["Text(58)", o.text]];
  return panel("Its order", el("dl", {}, rows.filter(([, value]) => value).map(([name, value]) => [el("dt", {}, name), el("dd", {}, value)])));
}
function historyOf(lines) {
  if (!lines.length) return null;
  return panel("History", el("ol", { class: "history" }, lines.map((line) => {
    if (typeof line !== "object") return el("li", {}, id(String(line)));
    return el("li", {}, el("div", { class: "when" }, moment(line.time), " UTC"), el("strong", {}, line.event), line.by ? " by " + line.by : "", line.detail && el("div", { class: "quiet small" }, line.detail), line.reason && el("div", {}, "“" + line.reason + "”"));
  })));
}

async function send(form, b, said) {
  const data = new FormData(form);
  state.user = data.get("user");
  state.token = data.get("token");
  said.className = "said";
  said.textContent = "Asking …";
  try {
    await ask("/api/breaks/" + encodeURIComponent(b.id), { method: "POST", headers: { "Content-Type": "application/json", Authorization: "Bearer " + state.token.trim() },
      body: JSON.stringify({ action: data.get("action"), user: data.get("user"), reason: data.get("reason") }) });
    done("Break #" + b.id + ": written down in the audit.");
    await draw();
  } catch (error) {
    said.className = "said bad";
    said.textContent = "Not done: " + error.message;
    if (/token/.test(error.message)) state.token = "";
  }
}
const kActions = [["resolve", "Resolve", "the two sides agree now"], ["explain", "Explain", "a known cause, no fault"], ["accept", "Accept", "it stays as it is"]];
function decisionForm(b) {
  const said = el("p", { class: "said", role: "status", "aria-live": "polite" });
  const form = el("form", { "aria-labelledby": "decide", on: { submit: (event) => { event.preventDefault(); send(form, b, said); } } },
    el("h2", { id: "decide" }, "Close this break"),
    el("fieldset", {}, el("legend", {}, "How it ends"), kActions.map(([key, name, words], i) => el("label", { class: "choice", title: words }, el("input", { type: "radio", name: "action", value: key, checked: i === 0 }), name))),
    el("div", { class: "row" },
      el("label", {}, "Your name", el("input", { name: "user", required: true, maxlength: 100, autocomplete: "username", value: state.user })),
      el("label", {}, "Token", el("input", { name: "token", type: "password", required: true, autocomplete: "off", value: state.token, placeholder: "from the service's token file" }))),
    el("label", {}, "Reason", el("textarea", { name: "reason", required: true, maxlength: 1000, rows: 3 })),
    el("div", {}, el("button", { class: "main", type: "submit" }, "Write it down")), said);
  return el("section", { class: "panel", id: "decision" }, form);
}

async function breakView() {
  const b = await ask("/api/breaks/" + encodeURIComponent(state.argument)), text = JSON.stringify(b);
  if (text === state.drawn && byId("decision")) return null;  // somebody may be writing
  state.drawn = text;
  const open = b.state === "pending" || b.state === "confirmed";
  return () => {
    const kept = open && byId("decision");  // what is being typed stays while the rest is drawn anew
    const [name, words] = kCategories[b.category] || [b.category, "A category that this page does not know"];
    return [el("p", { class: "small" }, el("a", { href: "#/breaks", "data-key": "back" }, "← All breaks"), " ", el("span", { class: "quiet" }, "(Escape)")),
      head("Break #" + b.id + " · " + name, badge(b.state)),
      el("section", { class: "panel" }, el("p", { class: "quiet" }, words[0].toUpperCase() + words.slice(1) + "."), el("div", { class: "sides" },
        sidePane("Here", b.here_source, b.here_value, b.there_value), sidePane("There", b.there_source, b.there_value, b.here_value)), b.explanation && el("p", {}, b.explanation)),
      sourceFills(b.source_fills),
      el("div", { class: "grid two" }, panel("About", facts(b)), orderFacts(b.order), historyOf(b.history), open && (kept || decisionForm(b)))];
  };
}

// ---- positions, days, executions ----------------------------------------------------------------------------------------

function netCell(row, key) {
  const values = ["fills", "fix", "rest", "klear"].map((k) => row[k]).filter((v) => v !== null);
  const differs = row[key] !== null && !row.agree && values.filter((v) => v === row[key]).length * 2 <= values.length;
  return row[key] === null ? el("span", { class: "quiet" }, "not known") : el("span", { class: differs ? "cell-differs" : null }, quantity(row[key]));
}
async function positions() {
  const answer = await ask("/api/positions");
  const rows = answer.positions.filter(mine);
  return () => [head("Positions"), el("section", { class: "panel" }, rows.length ? table([
    { name: "Account", of: (p) => p.account },
    { name: "Sub", num: true, of: (p) => String(p.subaccount) },
    { name: "Symbol", of: (p) => p.symbol },
    { name: "By fills", num: true, of: (p) => netCell(p, "fills") },
    { name: "704 − 705", num: true, of: (p) => netCell(p, "fix") },
    { name: "REST", num: true, of: (p) => netCell(p, "rest") },
    { name: "Klear", num: true, of: (p) => netCell(p, "klear") },
    { name: "Agree", of: (p) => (p.agree ? el("span", { class: "badge good" }, "yes") : el("span", { class: "badge confirmed" }, "no")) },
    { name: "Entry price", num: true, of: (p) => amount(p.entry_price) },
    { name: "Realised", num: true, of: (p) => signed(p.realized_pnl) },
    { name: "Unrealised", num: true, of: (p) => (p.unrealized_pnl === null ? "–" : signed(p.unrealized_pnl)) },
    { name: "Fees", num: true, of: (p) => amount(p.fees) },
    { name: "Funding", num: true, of: (p) => signed(p.funding) },
    { name: "Margin used", num: true, of: (p) => amount(p.margin_used) },
  ], rows, { caption: "Contracts, long is positive; money in dollars. What a source has not said is not known, never flat." }) : empty("No position yet."))];
}

async function days() {
  const answer = await ask(query("/api/days", { account: state.account }));
  const totals = [...answer.totals].reverse();
  const at = (day) => new Date(day.clearing_date + "T12:00:00Z").getTime();
  let sum = 0;
  const points = totals.map((day) => ({ at: at(day), value: (sum += Number(day.net_pnl)) }));
  return () => [head("Days"), !totals.length ? panel("", empty("No clearing day yet.")) : [
    el("div", { class: "grid two" }, plot("Net PnL, summed up over the days", [{ points, area: true }], { days: true }),
      plot("Notional by day", [{ points: totals.map((day) => ({ at: at(day), value: Number(day.notional) })), columns: true }], { days: true })),
    panel("Clearing days", table([
      { name: "Day", of: (d) => d.clearing_date }, { name: "Executions", num: true, of: (d) => amount(String(d.fills), 0) }, { name: "Notional", num: true, of: (d) => amount(d.notional) },
      { name: "Realised", num: true, of: (d) => signed(d.realized_pnl) }, { name: "Fees", num: true, of: (d) => amount(d.fees) }, { name: "Funding", num: true, of: (d) => signed(d.funding) }, { name: "Net PnL", num: true, of: (d) => signed(d.net_pnl) },
    ], answer.totals, { caption: "From 16:00 ET to 16:00 ET. Net PnL = realised less fees and with funding." })),
    panel("By symbol", table([
      { name: "Day", of: (d) => d.clearing_date }, { name: "Account", of: (d) => d.account }, { name: "Sub", num: true, of: (d) => String(d.subaccount) }, { name: "Symbol", of: (d) => d.symbol },
      { name: "Executions", num: true, of: (d) => amount(String(d.fills), 0) }, { name: "Bought", num: true, of: (d) => quantity(d.bought) }, { name: "Sold", num: true, of: (d) => quantity(d.sold) }, { name: "Notional", num: true, of: (d) => amount(d.notional) },
      { name: "Realised", num: true, of: (d) => signed(d.realized_pnl) }, { name: "Fees", num: true, of: (d) => amount(d.fees) }, { name: "Funding", num: true, of: (d) => signed(d.funding) },
    ], answer.days.slice(0, 200)))]];
}

async function executions() {
  const answer = await ask(query("/api/executions", { before: state.executions, limit: 100 }));
  const go = (before) => () => { state.executions = before; draw(); };
  return () => [head("Executions", el("div", { class: "filters" },
    el("button", { type: "button", "data-key": "newest", disabled: !state.executions, on: { click: go("") } }, "Newest"), el("button", { type: "button", "data-key": "older", disabled: !answer.next, on: { click: go(answer.next) } }, "Older"))),
  el("section", { class: "panel" }, answer.executions.length ? table([
    { name: "No.", num: true, of: (x) => amount(x.number, 0) }, { name: "Time (UTC)", of: (x) => moment(x.transact_time) }, { name: "Account", of: (x) => x.account }, { name: "Symbol", of: (x) => x.symbol }, { name: "Side", of: (x) => x.side },
    { name: "Quantity", num: true, of: (x) => quantity(x.quantity) }, { name: "Price", num: true, of: (x) => amount(x.price) }, { name: "Fee", num: true, of: (x) => amount(x.fee) }, { name: "ExecID", of: (x) => id(x.exec_id) }, { name: "ClOrdID", of: (x) => id(x.cl_ord_id) },
    { name: "Told by", of: (x) => x.sources.map(sourceName).join(", ") },
  ], answer.executions) : empty("No execution yet."))];
}

// ---- drawings -----------------------------------------------------------------------------------------------------------

const kHour = 3600000;
function hourMarks(from, to, width) {
  const step = [1, 2, 3, 4, 6, 12].map((h) => h * kHour).find((s) => ((to - from) / s) * 62 < width) || 24 * kHour;
  const marks = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) marks.push(at);
  return marks;
}
function timeAxis(from, to, x, top, bottom, width) {
  return hourMarks(from, to, width).map((at) => [svg("line", { class: "rule", x1: x(at), x2: x(at), y1: top, y2: bottom }),
    svg("text", { x: x(at), y: bottom + 14, "text-anchor": "middle" }, two(new Date(at).getUTCHours()) + ":00"),
    svg("text", { x: x(at), y: bottom + 27, "text-anchor": "middle", opacity: 0.75 }, eastern.format(new Date(at)) + (width > 600 ? " ET" : ""))]);
}

const until = (text, now) => new Date(text || now).getTime();
function bars(stretches, x, y, from, to) {
  return stretches.filter((s) => s.to > from && s.from < to).map((s) => svg("rect", { class: "by-" + s.by, x: x(Math.max(s.from, from)), y, width: Math.max(1.5, x(Math.min(s.to, to)) - x(Math.max(s.from, from))), height: 16, rx: 2 }, svg("title", {}, s.words)));
}
function lanesOf(account, now) {
  const lane = (name, list) => ({ name, list });
  const proven = account.proven.map((s) => ({ from: until(s.from), to: until(s.to), by: s.by, words: (kBy[s.by] || s.by) + ": " + clock(new Date(s.from)) + " to " + clock(new Date(s.to)) + " UTC" }));
  const spans = account.sources.map((source) => lane(sourceName(source.source), source.spans.map((s) => {
    const covers = source.source !== "listener" && source.source !== "websocket" && s.covers_from;
    return { from: until(covers ? s.covers_from : s.began), to: until(covers ? s.covers_to || s.ended : s.ended, now), by: source.source, words: sourceName(source.source) + ": " + clock(new Date(s.began)) + " to " + (s.ended ? clock(new Date(s.ended)) + " UTC" : "now") + (s.why ? ", " + s.why : "") };
  })));
  const holes = account.gaps.map((g) => ({ from: until(g.from), to: until(g.to, now), by: g.state === "open" ? "open" : g.closed_by, words: holeWords(g) }));
  return [lane("Proven", proven), ...spans, ...(holes.length ? [lane("Holes", holes)] : [])];
}
const holeWords = (gap) => "away " + duration((until(gap.to) - until(gap.from)) / 1000) + (gap.state === "open" ? ", not closed yet" : ", closed by " + (kBy[gap.closed_by] || gap.closed_by)) + (gap.why ? ": " + gap.why : "");

function timeline(coverage, account) {
  const from = until(coverage.from), to = until(coverage.to), now = until(coverage.now), lanes = lanesOf(account, coverage.now);
  return drawing((width) => {
    const left = width < 500 ? 74 : 96, right = 14, top = 6, row = 26, bottom = top + lanes.length * row;
    const x = (at) => left + ((at - from) / (to - from)) * (width - left - right);
    return svg("svg", { viewBox: `0 0 ${width} ${bottom + 34}`, height: bottom + 34, role: "img", "aria-label": "Coverage of " + account.account + " on clearing day " + coverage.date + "; the table below says the same in words" },
      lanes.map((l, i) => svg("rect", { class: "track", x: left, y: top + i * row, width: width - left - right, height: 16, rx: 2 })), timeAxis(from, to, x, top, bottom, width - left),
      lanes.map((l, i) => [svg("text", { class: "label", x: 0, y: top + i * row + 12 }, l.name), bars(l.list, x, top + i * row, from, to)]),
      now > from && now < to && svg("line", { class: "now", x1: x(now), x2: x(now), y1: top - 4, y2: bottom }, svg("title", {}, "now")));
  });
}
const kLegend = [["listener", "listener on"], ["drop_copy", "drop copy"], ["rest", "REST"], ["websocket", "WebSocket"], ["open", "hole, open or closed by nobody"], ["none", "before the service"]];
const legend = () => el("div", { class: "legend" }, kLegend.map(([by, words]) => el("span", {}, el("i", { class: "by-" + by }), words)));
const shownAccounts = (coverage) => coverage.accounts.filter(mine);
function timelinePanel(coverage, more) {
  const accounts = shownAccounts(coverage);
  return el("section", { class: "panel" }, el("div", { class: "panel-head" }, el("h2", {}, "Coverage of clearing day " + coverage.date), more),
    accounts.length ? accounts.map((a) => [accounts.length > 1 && el("h3", { class: "light-account" }, a.account), timeline(coverage, a)]) : empty("Nothing is covered yet."), legend());
}

function holesTable(coverage) {
  const rows = shownAccounts(coverage).flatMap((a) => a.gaps.map((gap) => ({ account: a.account, ...gap })));
  if (!rows.length) return empty("The listener was never away.");
  return table([
    { name: "Account", of: (g) => g.account }, { name: "Away from", of: (g) => moment(g.from) }, { name: "until", of: (g) => (g.state === "open" && g.to === coverage.now ? "still away" : moment(g.to)) }, { name: "for", num: true, of: (g) => duration((until(g.to) - until(g.from)) / 1000) },
    { name: "Last sure report", of: (g) => moment(g.since) }, { name: "Closed", of: (g) => (g.closed ? moment(g.closed) : el("span", { class: "badge pending" }, "not yet")) }, { name: "by", of: (g) => (g.closed_by ? kBy[g.closed_by] || g.closed_by : "–") }, { name: "Why", of: (g) => g.why },
  ], rows);
}
function provenTable(coverage) {
  const rows = shownAccounts(coverage).flatMap((a) => a.proven.map((s) => ({ account: a.account, ...s })));
  return el("details", {}, el("summary", {}, "What is proven, in words"), table([
    { name: "Account", of: (s) => s.account }, { name: "From", of: (s) => moment(s.from) }, { name: "To", of: (s) => moment(s.to) }, { name: "For", num: true, of: (s) => duration((until(s.to) - until(s.from)) / 1000) }, { name: "By", of: (s) => kBy[s.by] || s.by },
  ], rows));
}
const shiftDay = (date, by) => dayOf(new Date(new Date(date + "T12:00:00Z").getTime() + by * 86400000));
function dayChooser(date) {
  const go = (to) => { state.date = to === state.summary.clearing_date ? "" : to; draw(); };
  const field = el("input", { type: "date", value: date, "data-key": "date", "aria-label": "Clearing day", on: { change: () => field.value && go(field.value) } });
  return el("div", { class: "filters chooser" }, el("button", { type: "button", "data-key": "day-before", "aria-label": "The day before", on: { click: () => go(shiftDay(date, -1)) } }, "←"), field,
    el("button", { type: "button", "data-key": "day-after", "aria-label": "The day after", disabled: date >= state.summary.clearing_date, on: { click: () => go(shiftDay(date, 1)) } }, "→"));
}
async function coverageView() {
  const coverage = await ask(query("/api/coverage", { date: state.date }));
  return () => [head("Coverage", dayChooser(coverage.date)), timelinePanel(coverage), panel("Holes", holesTable(coverage)), el("section", { class: "panel" }, provenTable(coverage))];
}

// ---- plots --------------------------------------------------------------------------------------------------------------

function niceTicks(low, high, count) {
  const rough = (high - low) / count || 1, power = Math.pow(10, Math.floor(Math.log10(rough)));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= rough * 0.999);
  const ticks = [];
  for (let i = Math.floor(low / step); i <= Math.ceil(high / step); i++) ticks.push(i * step);
  return ticks;
}
function short(value) {
  const size = Math.abs(value), sign = value < 0 ? "−" : "";
  for (const [unit, letter] of [[1e9, "B"], [1e6, "M"], [1e3, "k"]]) if (size >= unit) return sign + +(size / unit).toFixed(2) + letter;
  return sign + +size.toFixed(size < 10 ? 2 : 1);
}
const linePath = (points, x, y) => points.map((p, i) => (i ? "L" : "M") + x(p.at).toFixed(1) + " " + y(p.value).toFixed(1)).join("");

// series: [{points: [{at, value}], columns, area, second, name}]
function plot(title, series, options = {}) {
  const all = series.flatMap((s) => s.points);
  const readout = el("div", { class: "readout" });
  const last = (series[0].points.at(-1) || {}).value;
  const rest = () => { readout.textContent = all.length ? "latest " + series.map((s) => (s.name ? s.name + " " : "") + short((s.points.at(-1) || { value: 0 }).value)).join(" · ") : ""; };
  rest();
  const body = all.length ? drawing((width) => plotDrawing(width, title, series, options, readout, rest)) : empty(options.empty || "Nothing to draw yet.");
  return el("section", { class: "panel" }, el("div", { class: "panel-head" }, el("h2", {}, title), series.length > 1 && el("div", { class: "small quiet" }, series.map((s) => [el("i", { class: s.second ? "swatch second" : "swatch" }), s.name + " "])), last !== undefined && series.length === 1 && !series[0].columns && el("strong", { class: "num" }, short(last))), body, readout);
}
function plotRange(series, options) {
  const all = series.flatMap((s) => s.points), values = all.map((p) => p.value);
  const half = options.days ? 12 * kHour : 0;
  const from = options.from || Math.min(...all.map((p) => p.at)) - half, to = options.to || Math.max(...all.map((p) => p.at)) + half;
  const flat = options.flat ? [] : [0];
  return { from, to: to > from ? to : from + kHour, ticks: niceTicks(Math.min(...values, ...flat), Math.max(...values, ...flat), 4) };
}
function plotDrawing(width, title, series, options, readout, rest) {
  const left = 52, right = 10, top = 8, height = 190, bottom = height - 34;
  const { from, to, ticks } = plotRange(series, options);
  const low = ticks[0], high = ticks.at(-1);
  const x = (at) => left + ((at - from) / (to - from)) * (width - left - right), y = (value) => bottom - ((value - low) / (high - low || 1)) * (bottom - top);
  const place = svg("svg", { viewBox: `0 0 ${width} ${height}`, height, role: "img", "aria-label": title + ": " + readout.textContent },
    ticks.map((t) => [svg("line", { class: t === 0 ? "zero" : "rule", x1: left, x2: width - right, y1: y(t), y2: y(t) }), svg("text", { x: left - 8, y: y(t) + 4, "text-anchor": "end" }, short(t))]),
    options.days ? dayAxis(series[0].points, x, bottom, width - left) : timeAxis(from, to, x, bottom, bottom, width - left), series.map((s) => plotSeries(s, x, y, from, to, options, width - left - right)));
  return withPointer(place, series, x, y, width, top, bottom, readout, rest, options);
}
function dayAxis(points, x, bottom, width) {
  const every = Math.max(1, Math.ceil((points.length * 74) / width));
  return points.filter((p, i) => (points.length - 1 - i) % every === 0).map((p) => svg("text", { x: x(p.at), y: bottom + 15, "text-anchor": "middle" }, dayOf(new Date(p.at)).slice(5)));
}
function plotSeries(s, x, y, from, to, options, width) {
  if (!s.points.length) return null;
  if (s.columns) {
    const slot = options.days ? 24 * kHour : s.slot || 300000, wide = Math.max(1.5, Math.min(46, (width * slot) / (to - from) - 1.5));
    return s.points.map((p) => svg("rect", { class: p.value < 0 ? "column minus" : "column", x: x(p.at) - (options.days ? wide / 2 : 0), y: Math.min(y(p.value), y(0)), width: wide, height: Math.max(1, Math.abs(y(p.value) - y(0))), rx: 1 }));
  }
  const path = linePath(s.points, x, y), first = s.points[0], last = s.points.at(-1);
  return [s.area && svg("path", { class: "area", d: path + `L${x(last.at).toFixed(1)} ${y(0).toFixed(1)}L${x(first.at).toFixed(1)} ${y(0).toFixed(1)}Z` }), svg("path", { class: s.second ? "line second" : "line", d: path }),
    s.points.length === 1 && svg("circle", { class: "spot", cx: x(first.at), cy: y(first.value), r: 3 })];
}
function withPointer(place, series, x, y, width, top, bottom, readout, rest, options) {
  const rule = svg("line", { class: "pointer", y1: top, y2: bottom, visibility: "hidden" });
  place.append(rule);
  place.addEventListener("pointermove", (event) => {
    const box = place.getBoundingClientRect(), here = (event.clientX - box.left) * (width / box.width);
    const near = (points) => points.reduce((best, p) => (Math.abs(x(p.at) - here) < Math.abs(x(best.at) - here) ? p : best), points[0]);
    const points = series.filter((s) => s.points.length).map((s) => [s, near(s.points)]);
    rule.setAttribute("x1", x(points[0][1].at)), rule.setAttribute("x2", x(points[0][1].at)), rule.setAttribute("visibility", "visible");
    const when = new Date(points[0][1].at);
    readout.textContent = (options.days ? dayOf(when) : clock(when) + " UTC, " + eastern.format(when) + " ET") + ": " + points.map(([s, p]) => (s.name ? s.name + " " : "") + amount(p.value.toFixed(2))).join(" · ");
  });
  place.addEventListener("pointerleave", () => { rule.setAttribute("visibility", "hidden"); rest(); });
  return place;
}

// Balances are told from time to time by each source and subaccount: at each moment the sum of what each said last.
function cashSeries(rows, key) {
  const last = new Map(), points = [];
  const preferred = rows.some((r) => r.source === "rest") ? "rest" : (rows[0] || {}).source;
  for (const row of [...rows].filter((r) => r.source === preferred && r[key] !== null).sort((a, b) => new Date(a.time) - new Date(b.time))) {
    last.set(row.account + "|" + row.subaccount, Number(row[key]));
    points.push({ at: new Date(row.time).getTime(), value: [...last.values()].reduce((a, b) => a + b, 0) });
  }
  return points;
}
function plots(series) {
  const range = { from: until(series.from), to: until(series.to) };
  let sum = 0;
  const at = (p) => new Date(p.time).getTime();
  const pnl = series.points.map((p) => ({ at: at(p), value: (sum += Number(p.realized_pnl) - Number(p.fees)) }));
  const notional = series.points.map((p) => ({ at: at(p), value: Number(p.notional) }));
  const used = { points: cashSeries(series.cash, "margin_used"), name: "used", area: true }, free = { points: cashSeries(series.cash, "available"), name: "available", second: true };
  return [plot("PnL, realised less fees", [{ points: pnl, area: true }], range), plot("Notional in five minutes", [{ points: notional, columns: true }], range),
    plot("Margin use", free.points.length ? [used, free] : [used], { ...range, empty: "No source has told of margin in this day." })];
}
async function plotsView() {
  const series = await ask(query("/api/series", { account: state.account, date: state.date }));
  const still = !series.complete && el("p", { class: "quiet small" }, "The ledger is still being read; the plots are not complete yet.");
  return () => [head("Plots", dayChooser(series.date)), still, el("div", { class: "grid" }, plots(series)), el("p", { class: "quiet small" }, "By average cost of the fills in the ledger; times are UTC with Eastern beneath. The ledger's own figures of each day are under Days.")];
}

// ---- drawing a view -----------------------------------------------------------------------------------------------------

const kViews = { overview, breaks: () => (state.argument ? breakView() : breaksView()), positions, coverage: coverageView, plots: plotsView, days, executions };

function showSummary() {
  const { summary } = state;
  const cut = new Date(summary.cut), left = (cut - (Date.now() + state.ahead)) / 1000;
  byId("day").replaceChildren("Clearing day ", el("strong", {}, summary.clearing_date), " · cut ", el("strong", {}, two(cut.getUTCHours()) + ":" + two(cut.getUTCMinutes()) + " UTC"), " (" + eastern.format(cut) + " ET)" + (left > 0 ? " in " + duration(left) : ""));
  const open = byId("breaks-count");
  open.textContent = summary.breaks.open;
  open.hidden = !summary.breaks.open;
  open.setAttribute("aria-label", summary.breaks.open + " open");
  document.title = (summary.breaks.open ? "(" + summary.breaks.open + ") " : "") + "Reconciliation";
  const accounts = [...new Set(summary.sources.map((s) => s.account).filter(Boolean))];
  byId("account-box").hidden = accounts.length < 2;
  const select = byId("account");
  if (select.options.length !== accounts.length + 1) select.replaceChildren(el("option", { value: "" }, "all"), ...accounts.map((a) => el("option", { value: a, selected: a === state.account }, a)));
}
function showAges() {
  const since = (Date.now() - state.fetched) / 1000;
  for (const node of document.querySelectorAll("[data-age]")) node.textContent = duration(Number(node.dataset.age) + since) + " ago";
}

function done(text) {
  byId("done").textContent = text;
  byId("done").hidden = !text;
}

// Whoever went to another view is at its title, whichever drawing brought it.
function arrive() {
  if (!state.arriving) return;
  const title = document.querySelector("#view h1");
  if (title && state.entered) title.focus({ preventScroll: true });
  scrollTo(0, 0);
  state.arriving = false;
  state.entered = true;
}

async function draw() {
  const turn = ++state.asked, view = kViews[state.view] || overview;
  try {
    const [summary, make] = await Promise.all([ask("/api/summary").then((s) => { state.summary = state.summary || s; return s; }), state.summary ? view() : ask("/api/summary").then((s) => { state.summary = s; return view(); })]);
    if (turn !== state.asked) return;
    state.summary = summary;
    state.fetched = Date.now();
    state.ahead = new Date(summary.now).getTime() - state.fetched;
    fault("");
    showSummary();
    if (make) keepingPlace(() => put(make()));
    arrive();
    document.querySelectorAll(".drawing").forEach(paint);
    showAges();
  } catch (error) {
    if (turn === state.asked) fault("Cannot show this now: " + error.message);
  }
}

function route() {
  const [, view = "overview", argument = ""] = location.hash.split("/");
  const moved = view !== state.view || argument !== state.argument;
  state.view = kViews[view] ? view : "overview";
  state.argument = decodeURIComponent(argument);
  for (const link of document.querySelectorAll(".tabs a")) link.dataset.view === state.view ? link.setAttribute("aria-current", "page") : link.removeAttribute("aria-current");
  if (moved) done(""), (state.drawn = ""), byId("decision") && byId("decision").remove();
  if (moved) state.arriving = true;
  return draw();
}

// ---- the live stream ----------------------------------------------------------------------------------------------------

// A browser opens six connections to one server: of all tabs one holds the stream, and tells the others.
const channel = new BroadcastChannel("marginfix-reconcile");
let stream = null, moving = 0;
function moved() {
  clearTimeout(moving);
  moving = setTimeout(draw, 250);
}
function hear(message) {
  if (message.live !== undefined) showLive(message.live, message.live ? "live" : "reconnecting");
  if (message.moved) moved();
}
channel.onmessage = (event) => {
  hear(event.data);
  if (event.data.hello && stream) channel.postMessage({ live: stream.readyState === 1 });
};
function tell(message) {
  hear(message);
  channel.postMessage(message);
}
function openStream() {
  if (stream) stream.close();
  stream = new EventSource("/api/stream");
  stream.onopen = () => tell({ live: true });
  stream.onerror = () => tell({ live: false });
  stream.addEventListener("moved", () => tell({ moved: true }));
}
function holdStream() {
  openStream();
  // A stream that ended with an error status is not opened again by the browser.
  setInterval(() => { if (stream.readyState === 2) openStream(); }, 3000);
  return new Promise(() => {});
}
function startLive() {
  channel.postMessage({ hello: true });
  if (navigator.locks) navigator.locks.request("marginfix-reconcile-stream", holdStream);
  else showLive(true, "every 5 s"), setInterval(draw, 5000);  // no locks: another address than this machine's, without TLS
}

byId("account").addEventListener("change", () => { state.account = byId("account").value; draw(); });
addEventListener("hashchange", route);
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && state.view === "breaks" && state.argument && !event.defaultPrevented) location.hash = "#/breaks";
});
setInterval(showAges, 1000);
setInterval(draw, 15000);
route();
startLive();
