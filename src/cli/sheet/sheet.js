// The theme and the help that every page of dehusk has. Page text is never read as markup here or elsewhere.
"use strict";

const themes = ["auto", "light", "dark"];
const theme = {
  get() {
    try { return localStorage.getItem("dehusk-theme") ?? "auto"; } catch { return this.now ?? "auto"; }
  },
  set(name) {
    this.now = name;
    // A file that is opened from the disk may have no storage.
    try { localStorage.setItem("dehusk-theme", name); } catch { /* the choice lasts as long as the page */ }
    this.show(name);
  },
  show(name) {
    if (name === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = name;
    document.getElementById("theme").textContent = `Theme: ${name}`;
  },
  next() { this.set(themes[(themes.indexOf(this.get()) + 1) % themes.length]); },
};
theme.show(theme.get());
document.getElementById("theme").addEventListener("click", () => theme.next());

const keys = document.getElementById("keys");
document.getElementById("help").addEventListener("click", () => keys.showModal());

// What a page adds: a key and what it does.
const actions = { t: () => theme.next(), "?": () => (keys.open ? keys.close() : keys.showModal()) };
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  if (keys.open && event.key !== "?") return;
  const action = actions[event.key];
  if (action) {
    event.preventDefault();
    action();
  }
});
