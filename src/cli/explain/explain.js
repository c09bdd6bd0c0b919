// The page of `dehusk explain`: shows the reason of a block, filters cuts by family, walks from cut to cut.

const data = JSON.parse(document.getElementById("data").textContent);
const text = document.getElementById("text");
const why = document.getElementById("why");
const cuts = [...text.querySelectorAll(".cut")];
let chosen = null;

const index = (element) => Number(element.id.slice(1));
const blockOf = (target) => target.closest?.("#text [id^=b]");

function element(name, content, className) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(content);
  return made;
}

// "words +1.2, in-nav -0.8" as rows; anything else as it stands.
function evidence(said) {
  const parts = said.split(", ").map((part) => part.match(/^(\S+) ([+-][\d.]+)$/));
  if (!said || parts.some((part) => !part)) return document.createTextNode(said || "none");
  const list = document.createElement("ul");
  for (const [, feature, weight] of parts) {
    const row = element("li", element("span", feature));
    row.append(element("span", weight.replace("-", "−")));
    list.append(row);
  }
  return list;
}

function show(at) {
  const [number, ruleAt, score, said, kind, words, start, end, line, pathAt, passed] = data.blocks[at];
  const rule = data.rules[ruleAt];
  why.classList.toggle("kept", rule.kept);
  why.classList.remove("idle");
  const list = document.createElement("dl");
  const row = (term, content) => {
    const entry = document.createElement("div");
    entry.append(element("dt", term), element("dd", content));
    list.append(entry);
    return entry;
  };
  const certainty = row(rule.kept && rule.id === "judgement" ? "Probability" : "How sure", (score / 100).toFixed(2));
  certainty.append(bar(score, rule));
  row("Evidence", evidence(said));
  if (passed.length) row("Rules that did not act", passed.map((at) => data.rules[at].id).join(", "));
  row("Block", `${number}, ${data.kinds[kind]}, ${words} ${words === 1 ? "word" : "words"}`);
  const place = `bytes ${start}–${end}` + (line ? `, line ${line}` : "");
  row("Place", element("span", place, "place"));
  if (pathAt !== null) row("Element", element("span", data.paths[pathAt].replaceAll(">", " › "), "place"));
  const title = element("h2", rule.kept ? "Kept by" : "Removed by");
  document.getElementById("why-body").replaceChildren(title, element("span", rule.id, `id ${rule.group}`), list);
}

function bar(percent, rule) {
  const names = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(names, "svg");
  svg.setAttribute("class", `bar ${rule.group}`);
  svg.setAttribute("viewBox", "0 0 100 1");
  svg.setAttribute("preserveAspectRatio", "none");
  const rect = document.createElementNS(names, "rect");
  rect.setAttribute("width", percent);
  rect.setAttribute("height", 1);
  if (rule.kept) rect.setAttribute("class", "kept");
  svg.append(rect);
  return svg;
}

function choose(block) {
  chosen?.removeAttribute("aria-current");
  chosen = block;
  if (!block) {
    why.classList.add("idle");
    return count();
  }
  block.setAttribute("aria-current", "true");
  show(index(block));
  count();
}

const visible = () => cuts.filter((cut) => !cut.hidden);

function count() {
  const all = visible();
  const at = all.indexOf(chosen);
  document.getElementById("count").textContent =
    at < 0 ? `${all.length} ${all.length === 1 ? "cut" : "cuts"}` : `cut ${at + 1} of ${all.length}`;
}

// From the chosen block, or from what stands at the top of the window.
function step(by) {
  if (document.body.dataset.view === "article") view("page");
  const all = visible();
  if (!all.length) return;
  let at = all.indexOf(chosen);
  if (at < 0) {
    const from = chosen ? index(chosen) : -1;
    at = all.findIndex((cut) => index(cut) > from);
    if (by < 0) at = (at < 0 ? all.length : at) - 1;
  } else {
    at += by;
  }
  const next = all[Math.max(0, Math.min(at < 0 ? all.length - 1 : at, all.length - 1))];
  const run = next.closest("details");
  if (run) run.open = true;
  next.focus({ preventScroll: true });
  choose(next);
  next.scrollIntoView({ block: "center" });
}

function view(name) {
  document.body.dataset.view = name;
  for (const button of document.querySelectorAll("[data-show]")) {
    button.setAttribute("aria-pressed", button.dataset.show === name);
  }
}

function filter() {
  const buttons = [...document.querySelectorAll(".families button")];
  const off = new Set(buttons.filter((b) => b.getAttribute("aria-pressed") === "false").map((b) => b.dataset.f));
  for (const cut of cuts) cut.hidden = off.has(cut.dataset.f);
  for (const run of text.querySelectorAll(".run")) run.hidden = !run.querySelector(".cut:not([hidden])");
  document.getElementById("all").hidden = !off.size;
  if (chosen?.hidden) choose(null);
  count();
}

function toggle(button) {
  button.setAttribute("aria-pressed", button.getAttribute("aria-pressed") === "false");
  filter();
}

for (const button of document.querySelectorAll(".families button")) {
  button.addEventListener("click", () => toggle(button));
}
document.getElementById("all").addEventListener("click", () => {
  for (const button of document.querySelectorAll(".families button")) button.setAttribute("aria-pressed", true);
  filter();
});
for (const button of document.querySelectorAll("[data-show]")) {
  button.addEventListener("click", () => view(button.dataset.show));
}
document.getElementById("next").addEventListener("click", () => step(1));
document.getElementById("before").addEventListener("click", () => step(-1));
document.getElementById("close").addEventListener("click", () => choose(null));

text.addEventListener("click", (event) => {
  const block = blockOf(event.target);
  if (block && getSelection().isCollapsed) choose(block);
});
text.addEventListener("focusin", (event) => {
  const block = blockOf(event.target);
  if (block && block !== chosen) choose(block);
});
if (matchMedia("(hover: hover) and (min-width: 68rem)").matches) {
  text.addEventListener("pointerover", (event) => {
    const block = blockOf(event.target);
    if (block) show(index(block));
  });
  text.addEventListener("pointerleave", () => chosen && show(index(chosen)));
}

Object.assign(actions, {
  j: () => step(1),
  k: () => step(-1),
  ArrowRight: () => step(1),
  ArrowLeft: () => step(-1),
  1: () => view("page"),
  2: () => view("article"),
  3: () => view("cuts"),
  f: () => document.querySelector(".families button")?.focus(),
  Escape: () => choose(null),
});
view("page");
count();
