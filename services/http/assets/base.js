// What the pages of the services share. What anybody else wrote goes into the document by textContent (el() and svg() make no markup out
// of text), numbers stay the decimal texts they came as, and nothing is asked but the service's own address.
"use strict";

// ---- making elements ----------------------------------------------------------------------------------------------------

// What would end a line or turn the direction of writing is shown as an escape: nobody's text may look like another one.
const visible = (text) => text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (c) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"));

function fill(node, props, children) {
  for (const [name, value] of Object.entries(props || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") for (const [event, handler] of Object.entries(value)) node.addEventListener(event, handler);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children.flat(3)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(visible(String(child))));
  }
  return node;
}
const el = (tag, props, ...children) => fill(document.createElement(tag), props, children);
const svg = (tag, props, ...children) => fill(document.createElementNS("http://www.w3.org/2000/svg", tag), props, children);
const byId = (id) => document.getElementById(id);

// ---- texts --------------------------------------------------------------------------------------------------------------

// "1234567.500000" as 1,234,567.50: the same number, zeros beyond two decimals left out.
function amount(text, least = 2) {
  if (text === null || text === undefined || text === "") return "–";
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (!match) return text;
  let decimals = match[3] || "";
  while (decimals.length > least && decimals.endsWith("0")) decimals = decimals.slice(0, -1);
  return (match[1] ? "−" : "") + match[2].replace(/\B(?=(\d{3})+$)/g, ",") + (decimals ? "." + decimals : "");
}
const quantity = (text) => amount(text, 0);
const isZero = (text) => /^-?0*(\.0*)?$/.test(text || "");
const signClass = (text) => (isZero(text) ? "" : text.startsWith("-") ? "sign-minus" : "sign-plus");
const signed = (text) => el("span", { class: signClass(text) }, amount(text));

const two = (n) => String(n).padStart(2, "0");
const clock = (date) => two(date.getUTCHours()) + ":" + two(date.getUTCMinutes()) + ":" + two(date.getUTCSeconds());
const dayOf = (date) => date.toISOString().slice(0, 10);
const eastern = new Intl.DateTimeFormat("en-GB", { timeZone: "America/New_York", hour: "2-digit", minute: "2-digit", hour12: false });
function moment(text, withDay = true) {
  if (!text) return "–";
  const date = new Date(text);
  return el("time", { datetime: text, title: text + "\n" + eastern.format(date) + " ET" }, (withDay ? dayOf(date) + " " : "") + clock(date));
}
function duration(seconds) {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return s + " s";
  if (s < 3600) return Math.floor(s / 60) + " m " + (s % 60) + " s";
  if (s < 172800) return Math.floor(s / 3600) + " h " + (Math.floor(s / 60) % 60) + " m";
  return Math.floor(s / 86400) + " d";
}

// ---- asking the service -------------------------------------------------------------------------------------------------

async function ask(path, options = {}) {
  const answer = await fetch(path, { cache: "no-store", signal: AbortSignal.timeout(10000), ...options });
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(body.error ? body.error.message : "the service answered " + answer.status);
  return body;
}
function query(path, parameters) {
  const given = Object.entries(parameters).filter(([, value]) => value !== "" && value !== null && value !== undefined);
  return given.length ? path + "?" + new URLSearchParams(given) : path;
}

// ---- tables -------------------------------------------------------------------------------------------------------------

// columns: {name, of(row), num}. A row with a link opens by click or Enter on its link.
function table(columns, rows, options = {}) {
  const head = el("tr", {}, columns.map((c) => el("th", { scope: "col", class: c.num ? "num" : null }, c.name)));
  const body = rows.map((row) => {
    const link = options.link && options.link(row);
    const cells = columns.map((c) => el("td", { class: c.num ? "num" : c.wrap ? "wrap" : null, "data-label": c.name }, el("div", {}, c.of(row))));
    return el("tr", { class: link ? "go" : null, on: link ? { click: (event) => { if (!event.target.closest("a, button, input")) location.hash = link; } } : null }, cells);
  });
  return el("div", { class: "scroll" }, el("table", { class: "cards" }, options.caption && el("caption", {}, options.caption),
    el("thead", {}, head), el("tbody", {}, body), options.foot && el("tfoot", {}, options.foot)));
}
const id = (text) => (text ? el("span", { class: "id" }, text) : "–");
const badge = (word) => el("span", { class: "badge " + word }, word);
const panel = (title, ...children) => el("section", { class: "panel" }, title && el("h2", {}, title), children);
const head = (title, ...children) => el("div", { class: "head" }, el("h1", { tabindex: -1 }, title), children);
const empty = (text) => el("p", { class: "empty" }, text);

function choice(name, value, options, changed) {
  const select = el("select", { "data-key": name, on: { change: () => changed(select.value) } },
    options.map(([key, label]) => el("option", { value: key, selected: key === value }, label)));
  return select;
}

function figure(name, value, beside) {
  return el("div", { class: "figure" }, el("div", { class: "name" }, name), el("div", { class: "value" }, value), el("div", { class: "beside" }, beside));
}

// ---- drawings -----------------------------------------------------------------------------------------------------------

// A drawing is made anew when its place gets another width.
const observer = new ResizeObserver((entries) => entries.forEach((entry) => { if (Math.abs(entry.contentRect.width - entry.target.drawnFor) > 1) paint(entry.target); }));
function paint(place) {
  const width = place.clientWidth;
  if (!width) return;
  place.drawnFor = width;
  place.replaceChildren(place.makeDrawing(width));
}
function drawing(make) {
  const place = el("div", { class: "drawing" });
  place.makeDrawing = make;
  observer.observe(place);
  return place;
}

// ---- the page around the views ------------------------------------------------------------------------------------------

// Whoever was at a control is there again after the view was drawn anew.
function keepingPlace(redraw) {
  const active = document.activeElement, key = active && active.dataset ? active.dataset.key : "";
  const selection = key && active.tagName === "INPUT" && active.type === "search" ? active.selectionStart : null;
  redraw();
  const again = key && document.querySelector('[data-key="' + CSS.escape(key) + '"]');
  if (!again || again === document.activeElement) return;
  again.focus({ preventScroll: true });
  if (selection !== null) again.setSelectionRange(selection, selection);
}
// A live region is written only where its text is another: it would be read out each time.
function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
function fault(text) {
  say(byId("fault"), text);
  byId("fault").hidden = !text;
}

function put(nodes) {
  byId("view").replaceChildren(...nodes.flat(3).filter((node) => node instanceof Node));
  const title = document.querySelector("#view h1");
  if (title) title.dataset.key = "title";
}

function showLive(on, words) {
  byId("live").className = "live " + (on ? "on" : "off");
  say(byId("live-text"), words);
}
