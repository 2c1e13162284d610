// The gateway's page: it only reads. Each second it asks for /api/status, and for /api/orders where orders are shown; base.js has what every
// service's page needs.
"use strict";

const kEachMs = 1000;
const kMostOrders = 500;
const kHops = [
  ["oms_to_exchange", "OMS to exchange", "a client's request read until its message to the exchange has left"],
  ["exchange", "Exchange", "from then until the exchange's first answer"],
  ["exchange_to_oms", "Exchange to OMS", "a report read until the client's has been sent"],
];
const kEnded = { Filled: "good", Canceled: "", Rejected: "bad", Expired: "" };

const state = {
  status: null, orders: null, drawn: "", silentSince: null, view: "", arriving: false, entered: false,
  filters: { client: "", open: "1", text: "" },
};

// ---- texts --------------------------------------------------------------------------------------------------------------

const count = (n) => amount(String(n), 0);
const some = (n, one, many) => count(n) + " " + (n === 1 ? one : many);
const sum = (rows, of) => rows.reduce((total, row) => total + of(row), 0);
const limit = (text) => (text ? quantity(text) : el("span", { class: "quiet" }, "none"));
function microseconds(us) {
  if (us < 1000) return us + " µs";
  return us < 1000000 ? +(us / 1000).toFixed(1) + " ms" : +(us / 1000000).toFixed(1) + " s";
}
const within = (us, hop) => (us !== null ? "≤ " + microseconds(us) : hop.count ? "> " + microseconds(1000000) : "–");
function bytes(n) {
  for (const [unit, size] of [["GB", 1e9], ["MB", 1e6], ["kB", 1e3]]) if (n >= size) return (n / size).toFixed(1) + " " + unit;
  return n + " B";
}
const mark = (tone, word) => el("span", { class: "badge " + tone }, word);
const keyActive = (key) => key.session !== "" && key.state === "active";

// ---- overview -----------------------------------------------------------------------------------------------------------

function verdictOf(s) {
  if (s.kill.killed) {
    const how = [s.kill.by && "by " + s.kill.by, s.kill.reason && "“" + s.kill.reason + "”"].filter(Boolean).join(", ");
    const next = s.kill.arm_asked ? "The first of the two steps to arm it again has been taken." : "It is armed again by two steps: marginfix gateway arm, twice.";
    return ["bad", "!", "Killed" + (s.kill.since ? " since " + clock(new Date(s.kill.since)) + " UTC" : ""), how + (how ? ". " : "") + "New orders are refused. " + next];
  }
  if (!s.open) return ["warn", "…", "Not open yet", s.waits_for ? "It waits for " + s.waits_for + "." : "It recovers; clients are let in when it is done."];
  const away = s.keys.filter((key) => !keyActive(key));
  if (away.length) return ["warn", "?", some(away.length, "key is", "keys are") + " not active", away.map((key) => key.account + ": " + (key.why || key.state)).join("; ")];
  const unknown = sum(s.keys, (key) => key.outcome_unknown);
  if (unknown) return ["warn", "?", "The outcome of " + some(unknown, "order", "orders") + " is unknown", "The exchange is being asked; nothing is sent again."];
  return ["good", "✓", "Open", some(s.clients.filter((c) => c.logged_on).length, "client is", "clients are") + " logged on, and every key is active."];
}
function verdict(s) {
  const [tone, sign, title, words] = verdictOf(s);
  return el("section", { class: "panel verdict " + tone, "aria-label": "State" }, el("div", { class: "mark", "aria-hidden": "true" }, sign),
    el("div", {}, el("h1", { tabindex: -1 }, title), el("p", {}, words)));
}
function figures(s) {
  const on = s.clients.filter((c) => c.logged_on).length, owed = sum(s.clients, (c) => c.owed), hop = s.latency.oms_to_exchange;
  return el("div", { class: "figures" },
    figure("Clients logged on", on + " of " + s.clients.length, owed ? some(owed, "report is", "reports are") + " owed to clients" : "nothing is owed to them"),
    figure("Open orders", count(sum(s.clients, (c) => c.open_orders)), count(sum(s.clients, (c) => c.orders)) + " taken since the start"),
    figure("Refused here", count(sum(s.clients, (c) => c.refused)), some(s.logons_refused, "logon", "logons") + " refused"),
    figure("Waiting for tokens", count(sum(s.keys, (k) => k.waiting)), "messages, of all keys"),
    figure("To the exchange", within(hop.p50_us, hop), "p50; p99 " + within(hop.p99_us, hop)));
}
function light(key) {
  const tone = keyActive(key) ? "up" : key.session === "" ? "unknown" : "waiting";
  const words = [key.session || "no session", key.state, key.market_data ? "market data" : "no market data"].filter(Boolean).join(" · ");
  return el("li", { class: "light " + tone }, el("span", { class: "dot", "aria-hidden": "true" }), el("span", { class: "name" }, key.account), el("span", { class: "age" }, some(key.open_orders, "order", "orders")),
    el("div", { class: "word" }, words), key.why && tone !== "up" && el("div", { class: "why" }, key.why));
}
const lights = (s) => panel("Keys", s.keys.length ? el("ul", { class: "lights", role: "list" }, s.keys.map(light)) : empty("No key is configured."));

function facts(s) {
  const rows = [["Started", [moment(s.started), " UTC"]], ["Journal", bytes(s.journal_bytes) + " in " + some(s.journal_files, "file", "files")],
    ["Unreadable", some(s.unreadable, "message", "messages")], ["Unknown", some(s.unknown_reports, "report", "reports")]];
  return panel("This gateway", el("dl", {}, rows.map(([name, value]) => [el("dt", {}, name), el("dd", {}, value)])));
}
const overview = (s) => [verdict(s), figures(s), lights(s), panel("Clients", clientTable(s.clients)), facts(s)];

// ---- clients, limits, keys ----------------------------------------------------------------------------------------------

function clientTable(clients) {
  if (!clients.length) return empty("No client is configured.");
  return table([
    { name: "Client", of: (c) => el("a", { href: "#/orders", "data-key": "orders-" + c.comp_id + c.begin_string, on: { click: () => { state.filters.client = c.comp_id; } } }, c.comp_id) },
    { name: "Version", of: (c) => c.begin_string },
    { name: "Key", of: (c) => c.account },
    { name: "Session", of: (c) => (c.logged_on ? mark("good", "logged on") : mark("", "away")) },
    { name: "Address", of: (c) => c.address || "–" },
    { name: "Open orders", num: true, of: (c) => count(c.open_orders) },
    { name: "Orders", num: true, of: (c) => count(c.orders) },
    { name: "Refused", num: true, of: (c) => count(c.refused) },
    { name: "In", num: true, of: (c) => count(c.messages_in) },
    { name: "Out", num: true, of: (c) => count(c.messages_out) },
    { name: "Owed", num: true, of: (c) => el("span", { class: c.owed ? "over" : null }, count(c.owed)) },
    { name: "Not read yet", num: true, of: (c) => (c.queued_bytes ? bytes(c.queued_bytes) : "–") },
    { name: "Last message", num: true, of: (c) => moment(c.last_message, false) },
  ], clients, { caption: "Messages and orders since the gateway started; times are UTC." });
}
function sequenceTable(clients) {
  return table([
    { name: "Client", of: (c) => c.comp_id }, { name: "Version", of: (c) => c.begin_string },
    { name: "Next 34 to it", num: true, of: (c) => count(c.next_sender_seq) }, { name: "Next 34 of it", num: true, of: (c) => count(c.next_target_seq) },
    { name: "Known already (43, 97)", num: true, of: (c) => count(c.possible_resends) },
  ], clients);
}
const clientsView = (s) => [head("Clients"), panel("", clientTable(s.clients)), s.clients.length > 0 && panel("Sequence numbers", sequenceTable(s.clients))];

function limitsView(s) {
  const used = (c) => [count(c.open_orders), " of ", limit(c.limits.max_open_orders)];
  return [head("Limits"), panel("", !s.clients.length ? empty("No client is configured.") : table([
    { name: "Client", of: (c) => c.comp_id }, { name: "Version", of: (c) => c.begin_string },
    { name: "Order quantity", num: true, of: (c) => limit(c.limits.max_order_qty) }, { name: "Notional", num: true, of: (c) => limit(c.limits.max_notional) },
    { name: "Price collar", num: true, of: (c) => limit(c.limits.price_collar) }, { name: "Open orders", num: true, of: used },
    { name: "Position", num: true, of: (c) => limit(c.limits.max_position) }, { name: "Messages a second", num: true, of: (c) => limit(c.limits.max_messages_per_second) },
    { name: "Refused", num: true, of: (c) => count(c.refused) },
  ], s.clients, { caption: "The gateway's own limits as they hold now. The exchange's come after them." }))];
}

const keysView = (s) => [head("Keys"), lights(s), panel("", !s.keys.length ? empty("No key is configured.") : table([
  { name: "Key", of: (k) => k.account }, { name: "Session", of: (k) => k.session || "–" },
  { name: "State", of: (k) => mark(keyActive(k) ? "good" : "warn", k.state || "none") }, { name: "Market data", of: (k) => (k.market_data ? mark("good", "on") : mark("", "off")) },
  { name: "Open orders", num: true, of: (k) => count(k.open_orders) }, { name: "Outcome unknown", num: true, of: (k) => el("span", { class: k.outcome_unknown ? "over" : null }, count(k.outcome_unknown)) },
  { name: "Waiting", num: true, of: (k) => count(k.waiting) }, { name: "Write tokens", num: true, of: (k) => amount(String(k.write_tokens), 0) }, { name: "Why", wrap: true, of: (k) => k.why || "–" },
], s.keys))];

// ---- orders -------------------------------------------------------------------------------------------------------------

function orderFilters(s) {
  const f = state.filters;
  const set = (name) => (value) => { f[name] = value; poll(); };
  const clients = [...new Set(s.clients.map((c) => c.comp_id))];
  const text = el("input", { type: "search", value: f.text, "data-key": "filter-text", placeholder: "ClOrdID, OrderID, symbol", on: { input: () => { f.text = text.value; show(true); } } });
  return el("div", { class: "filters", role: "search" },
    el("label", {}, "Client", choice("filter-client", f.client, [["", "all"], ...clients.map((c) => [c, c])], set("client"))),
    el("label", {}, "Show", choice("filter-open", f.open, [["1", "open"], ["0", "open and ended"]], set("open"))),
    el("label", {}, "Find", text));
}
function matches(o) {
  const wanted = state.filters.text.trim().toLowerCase();
  return !wanted || [o.client, o.cl_ord_id, o.exchange_cl_ord_id, o.order_id, o.symbol, o.text].some((t) => t.toLowerCase().includes(wanted));
}
function orderTable(orders) {
  return table([
    { name: "Client", of: (o) => el("span", { class: "whole" }, o.client) }, { name: "ClOrdID", wrap: true, of: (o) => id(o.cl_ord_id) }, { name: "Symbol", of: (o) => o.symbol }, { name: "Side", of: (o) => o.side },
    { name: "Quantity", num: true, of: (o) => quantity(o.order_qty) }, { name: "Filled", num: true, of: (o) => quantity(o.cum_qty) }, { name: "Left", num: true, of: (o) => quantity(o.leaves_qty) }, { name: "Price", num: true, of: (o) => amount(o.price) },
    { name: "Status", of: (o) => [mark(o.open ? "warn" : kEnded[o.ord_status] || "", o.ord_status), o.text && el("div", { class: "quiet small" }, o.text)] },
    { name: "Key", of: (o) => o.account }, { name: "At the exchange", wrap: true, of: (o) => [id(o.order_id), el("div", { class: "quiet small" }, "ClOrdID ", id(o.exchange_cl_ord_id))] },
    { name: "Entered", num: true, of: (o) => moment(o.entered) }, { name: "Changed", num: true, of: (o) => moment(o.changed, false) },
  ], orders, { caption: "Open orders first, newest first; times are UTC." });
}
function orderList() {
  const answer = state.orders;
  if (!answer) return empty("Loading");
  const rows = answer.orders.filter(matches);
  const more = answer.more && el("p", { class: "quiet small" }, "The first " + kMostOrders + " are shown; ", el("code", {}, "marginfix gateway orders --most N"), " gives more.");
  return el("div", {}, rows.length ? orderTable(rows) : empty(answer.orders.length ? "No order has that in it." : "No order here."), more);
}
const ordersView = (s) => [head("Orders", orderFilters(s)), el("section", { class: "panel", id: "order-list" }, orderList())];

// ---- latency ------------------------------------------------------------------------------------------------------------

const bucketName = (bounds, i) => (i < bounds.length ? "≤ " + microseconds(bounds[i]) : "> " + microseconds(bounds[bounds.length - 1]));
function bucketDrawing(hop, bounds, title) {
  return drawing((width) => {
    const left = 66, right = 58, row = 20, most = Math.max(1, ...hop.buckets), height = hop.buckets.length * row + 4;
    return svg("svg", { viewBox: `0 0 ${width} ${height}`, height, role: "img", "aria-label": title + " in buckets; the table below says the same in numbers" }, hop.buckets.map((n, i) => [
      svg("text", { x: left - 8, y: i * row + 14, "text-anchor": "end" }, bucketName(bounds, i)),
      svg("rect", { class: "track", x: left, y: i * row + 4, width: Math.max(0, width - left - right), height: 12, rx: 2 }),
      n > 0 && svg("rect", { class: "column", x: left, y: i * row + 4, width: Math.max(2, (width - left - right) * (n / most)), height: 12, rx: 2 }),
      svg("text", { class: "tally", x: width - right + 6, y: i * row + 14 }, count(n))]));
  });
}
function hopPanel(s, [key, title, words]) {
  const hop = s.latency[key], bounds = s.latency.bounds_us;
  const rows = hop.buckets.map((n, i) => ({ name: bucketName(bounds, i), n }));
  const mean = hop.count ? microseconds(Math.round(hop.sum_us / hop.count)) : "–";
  return el("section", { class: "panel" }, el("h2", {}, title), el("p", { class: "quiet small" }, words),
    el("dl", {}, [["p50", within(hop.p50_us, hop)], ["p99", within(hop.p99_us, hop)], ["Mean", mean], ["Measured", count(hop.count)]].map(([n, v]) => [el("dt", {}, n), el("dd", {}, v)])),
    bucketDrawing(hop, bounds, title),
    el("details", { "data-open": key }, el("summary", {}, "In numbers"), table([{ name: "Took", of: (r) => r.name }, { name: "Messages", num: true, of: (r) => count(r.n) }], rows, { caption: title })));
}
const latencyView = (s) => [head("Latency"), el("div", { class: "hops" }, kHops.map((hop) => hopPanel(s, hop))), el("p", { class: "quiet small" }, "Since the gateway started. A figure is the bound of the bucket that it lies in.")];

// ---- drawing a view -----------------------------------------------------------------------------------------------------

const kViews = { overview, clients: clientsView, orders: ordersView, limits: limitsView, keys: keysView, latency: latencyView };

function showTop(s) {
  byId("day").replaceChildren("Up ", el("strong", {}, duration(s.uptime_seconds)), " · ", el("strong", {}, clock(new Date(s.now)) + " UTC"));
  document.title = (s.kill.killed ? "KILLED · " : s.ready ? "" : "(!) ") + "Gateway";
}
// Somebody marks a text to copy it: it stays until that is done.
function selecting() {
  const selection = getSelection();
  return selection && !selection.isCollapsed && byId("view").contains(selection.anchorNode);
}
// What a person has scrolled and opened stays so when the view is drawn anew.
function keepingView(redraw) {
  const scrolled = [...document.querySelectorAll(".scroll")].map((box) => box.scrollLeft);
  const opened = [...document.querySelectorAll("details[open]")].map((box) => box.dataset.open);
  keepingPlace(redraw);
  document.querySelectorAll("details").forEach((box) => { box.open = opened.includes(box.dataset.open); });
  document.querySelectorAll(".scroll").forEach((box, i) => { box.scrollLeft = scrolled[i] || 0; });
}
// Whoever went to another view is at its title.
function arrive() {
  if (!state.arriving) return;
  const title = document.querySelector("#view h1");
  if (title && state.entered) title.focus({ preventScroll: true });
  scrollTo(0, 0);
  state.arriving = false;
  state.entered = true;
}
// Draws what is new; `always`: also what is not.
function show(always) {
  const s = state.status;
  if (!s) return;
  showTop(s);
  const text = state.view + JSON.stringify([{ ...s, now: "", uptime_seconds: 0 }, state.view === "orders" ? state.orders : null]);
  if (!always && (text === state.drawn || selecting())) return;
  state.drawn = text;
  // The fields above the orders stay as they are: somebody may be choosing.
  const list = state.view === "orders" && byId("order-list");
  keepingView(() => (list ? list.replaceChildren(orderList()) : put(kViews[state.view](s))));
  document.querySelectorAll(".drawing").forEach(paint);
  arrive();
}

// ---- asking each second -------------------------------------------------------------------------------------------------

function reached() {
  state.silentSince = null;
  showLive(true, "live");
  fault("");
  byId("view").classList.remove("stale");
}
function silent(error) {
  state.silentSince = state.silentSince || new Date();
  showLive(false, "not reachable");
  fault("The gateway cannot be reached since " + clock(state.silentSince) + " UTC (" + error.message + "). " + (state.status ? "What is shown below is what it said before." : "Is it running?"));
  byId("view").classList.add("stale");
  document.title = "(!) Gateway";
}

let turn = 0, next = 0;
async function poll() {
  const mine = ++turn;
  clearTimeout(next);
  try {
    const f = state.filters;
    const orders = state.view === "orders" ? ask(query("/api/orders", { client: f.client, open: f.open, most: kMostOrders })) : null;
    const [status, listed] = await Promise.all([ask("/api/status"), orders]);
    if (mine !== turn) return;
    state.status = status;
    state.orders = listed;
    reached();
    show(false);
  } catch (error) {
    if (mine === turn) silent(error);
  }
  if (mine === turn) next = setTimeout(poll, kEachMs);
}

function route() {
  const view = location.hash.split("/")[1] || "overview";
  if (view !== state.view) state.arriving = true;
  state.view = kViews[view] ? view : "overview";
  for (const link of document.querySelectorAll(".tabs a")) link.dataset.view === state.view ? link.setAttribute("aria-current", "page") : link.removeAttribute("aria-current");
  show(true);
  return poll();
}

addEventListener("hashchange", route);
route();
