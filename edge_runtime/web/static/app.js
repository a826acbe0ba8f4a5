// Keys, deeds without a reload, what was seen, swipes, and a queue for when there is no connection.
"use strict";
const DEEDS = "article form, .words";
const one = (what, where = document) => where.querySelector(what);
const all = (what, where = document) => [...where.querySelectorAll(what)];
const rows = () => all("article:not(.gone)");
const queued = () => JSON.parse(localStorage.queue || "[]");
const page = document.body.dataset, path = location.pathname;
document.cookie = "js=1; path=/; max-age=31536000; samesite=lax";
all("article button").forEach((button) => { button.title = button.textContent; });

function say(words) {
  one("#note")?.replaceChildren(Object.assign(document.createElement("p"), { textContent: words }));
}

// The page of an answer; null for a refusal, which is told; undefined where there is no connection: it is sent later.
async function send(path, fields, isQueued) {
  const body = new URLSearchParams(fields);
  try {
    const answer = await fetch(path, { method: "POST", body, headers: { "x-quiet": "1" }, keepalive: true });
    // Logged out meanwhile: it waits for the next login.
    if (answer.status == 401) throw answer;
    if (answer.redirected) location.reload();
    const found = new DOMParser().parseFromString(await answer.text(), "text/html"), note = one("#note", found);
    if (!answer.ok) return say(`${page.refused} ${(one("main p:not(:empty)", found) || found.body).textContent}`), null;
    if (note && !isQueued) one("#note").replaceWith(note);
    return found;
  } catch {
    const deed = [path, `${body}`];
    localStorage.queue = JSON.stringify(isQueued ? [deed, ...queued()] : [...queued(), deed]);
    say(page.queued);
  }
}

// Taken out before it is sent, so that two pages do not send it twice; back to its place if it did not go.
async function flush() {
  const [first, ...rest] = queued();
  if (!first) return;
  localStorage.queue = JSON.stringify(rest);
  if ((await send(...first, true)) !== undefined) return flush();
}

async function act(form, deed) {
  const row = form.closest("article"), next = rows()[rows().indexOf(row) + 1];
  const hides = row && deed == "hide";
  if (hides) row.classList.add("going");
  const found = await send(form.action, { do: deed, ...(row && { row: 1 }) });
  row?.classList.remove("going");
  if (found === null) return;
  if (hides) row.classList.add("gone"), next && go(next, { preventScroll: true });
  if (row && deed.endsWith("read")) row.classList.toggle("read", deed == "read");
  if (!found) return;
  const had = form.contains(document.activeElement) && document.activeElement.value, fresh = one("form", found);
  form.replaceWith(fresh);
  if (had) all("button", fresh).find(({ value }) => value.replace(/^un/, "") == had.replace(/^un/, ""))?.focus();
}

addEventListener("submit", (event) => {
  const deed = event.submitter?.value;
  if (!event.target.matches(DEEDS) || !deed) return;
  event.preventDefault();
  act(event.target, deed);
});

// Keys: of a row that has the focus, else of the first one in sight, else of the story of this page.
function press(place, deed) {
  const form = one(DEEDS, place);
  if (form) act(form, one(`[value=un${deed}]`, form) || (deed == "read" && place?.matches(".read")) ? `un${deed}` : deed);
}
const go = (row, how) => row && one("a", row).focus(how);
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select, textarea")) return;
  const list = rows(), here = document.activeElement.closest("article");
  const inSight = here || list.find((row) => row.getBoundingClientRect().bottom > 60);
  const does = {
    j: () => list.length ? go(here ? list[list.indexOf(here) + 1] : inSight) : one("[rel=next]")?.click(),
    k: () => list.length ? go(list[list.indexOf(here) - 1]) : one("[rel=prev]")?.click(),
    o: () => (inSight ? one("a", inSight) : one(".out"))?.click(),
    l: () => press(inSight, "like"), s: () => press(inSight, "save"),
    m: () => press(inSight, "read"), h: () => press(inSight, "hide"),
    "/": () => one("#q") ? one("#q").focus() : (location = "/search"),
    "?": () => (location = "/keys"),
  }[event.key];
  if (does) event.preventDefault(), does();
});

// Swipes: to the right to save, to the left to hide.
let start;
addEventListener("touchstart", ({ touches }) => { start = touches[0]; }, { passive: true });
addEventListener("touchend", ({ target, changedTouches: [end] }) => {
  const row = target.closest?.("article"), x = end.clientX - start.clientX;
  if (row && Math.abs(x) > Math.max(90, 3 * Math.abs(end.clientY - start.clientY))) press(row, x > 0 ? "save" : "hide");
}, { passive: true });

// What stood in sight for a second counts as shown; what was scrolled past is read, if the reader wants that.
const idOf = (row) => new URL(one(DEEDS, row).action).pathname.slice(3);
if (path == "/" || page.seen) {
  const shown = new Set(), told = new Set(), past = new Set(), timers = new Map();
  const watch = new IntersectionObserver((seen) => seen.forEach(({ target, isIntersecting, boundingClientRect }) => {
    clearTimeout(timers.get(target));
    if (isIntersecting) timers.set(target, setTimeout(() => shown.add(idOf(target)), 1000));
    else if (boundingClientRect.bottom < 0 && !target.matches(".read, .gone")) past.add(target);
  }), { threshold: 0.5 });
  rows().filter((row) => one(DEEDS, row)).forEach((row) => watch.observe(row));
  const tell = () => {
    const ids = [...shown].filter((id) => !told.has(id));
    ids.forEach((id) => told.add(id));
    if (ids.length && path == "/") send("/shown", { ids: ids.join(" ") });
  };
  addEventListener("visibilitychange", () => document.hidden && tell());
  setInterval(async () => {
    tell();
    const gone = page.seen ? [...past].filter((row) => !row.matches(".read")) : [];
    const mark = (isRead) => gone.forEach((row) => row.classList.toggle("read", isRead));
    past.clear(), mark(true);
    if (gone.length && (await send("/read", { ids: gone.map(idOf).join(" ") })) === null) mark(false);
  }, 2000);
}

// An opened story that no server heard of: it came from the worker, or from an address.
if (location.search == "?o=1" && path.startsWith("/a/"))
  send(path, { do: "open", from: sessionStorage.list || "" }), history.replaceState(0, "", path);
if (rows().length) sessionStorage.list = path;
all("[data-open]").forEach((link) => link.addEventListener("click", () => send(link.dataset.open, { do: "open" })));

addEventListener("online", flush);
flush();
navigator.serviceWorker?.register("/sw.js").then(() => navigator.serviceWorker.ready).then(({ active }) =>
  active.postMessage(rows().map((row) => one("a", row).pathname)));
