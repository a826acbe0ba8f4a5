// Keys, deeds without a reload, what was seen, swipes, and a queue for when there is no connection.
"use strict";
const DEEDS = "article form, .words";
const one = (what, where = document) => where.querySelector(what);
const all = (what, where = document) => [...where.querySelectorAll(what)];
const rows = () => all("article:not(.gone)");
// Where the browser keeps nothing, the page does.
const kept = (store) => { try { return window[store]; } catch { return {}; } };
const local = kept("localStorage"), session = kept("sessionStorage");
const queued = () => JSON.parse(local.queue || "[]");
const keep = (deeds) => { local.queue = JSON.stringify(deeds); };
const telling = new Set();
let flushed = Promise.resolve();
const page = document.body.dataset, path = location.pathname;
document.cookie = "js=1; path=/; max-age=31536000; samesite=lax";
all("article button").forEach((button) => { button.title = button.textContent; });

function say(words) {
  one("#note")?.replaceChildren(Object.assign(document.createElement("p"), { textContent: words }));
}

// Kept until it is answered: a page that is left hears no answer. By its mark the server knows what it is told twice.
function send(path, fields) {
  const deed = [path, `${new URLSearchParams(fields)}`, `${Math.random()}`];
  keep([...queued(), deed]);
  return tell(deed);
}

// The page of an answer; null for a refusal, which is told; undefined where there is no connection: it is sent later.
async function tell(deed, isOld) {
  const [path, fields, mark = ""] = deed, body = new URLSearchParams(fields);
  telling.add(mark);
  try {
    const answer = await fetch(path, { method: "POST", body, headers: { "x-deed": mark }, keepalive: true });
    // Logged out meanwhile: it waits for the next login.
    if (answer.status == 401) throw answer;
    const found = new DOMParser().parseFromString(await answer.text(), "text/html"), note = one("#note", found);
    keep(queued().filter((other) => `${other}` != deed));
    if (answer.redirected) location.reload();
    if (!answer.ok) return say(`${page.refused} ${(one("main p:not(:empty)", found) || found.body).textContent}`), null;
    if (note && !isOld) one("#note").replaceWith(note);
    return found;
  } catch {
    say(page.queued);
  } finally {
    telling.delete(mark);
  }
}

// One after the other, and once at a time, so that they keep their order.
const flush = () => { flushed = flushed.then(async () => {
  for (const deed of queued()) if (!telling.has(deed[2]) && (await tell(deed, 1)) === undefined) return;
}); };

async function act(form, deed) {
  const row = form.closest("article"), next = rows()[rows().indexOf(row) + 1];
  const hides = row && deed == "hide";
  if (hides) row.classList.add("going");
  const found = await send(form.action, { do: deed, ...(row && { row: 1 }) });
  row?.classList.remove("going");
  if (found === null) return;
  if (hides) row.classList.add("gone"), next && go(next, { preventScroll: true });
  if (row && deed.endsWith("read")) row.classList.toggle("read", deed == "read");
  const fresh = found && one("form", found);
  // Another page of ours has told it as well, and was heard first.
  if (!fresh) return;
  const had = form.contains(document.activeElement) && document.activeElement.value;
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
  send(path, { do: "open", from: session.list || "" }), history.replaceState(0, "", path);
if (rows().length) session.list = path;
all("[data-open]").forEach((link) => link.addEventListener("click", () => send(link.dataset.open, { do: "open" })));

addEventListener("online", flush);
flush();
navigator.serviceWorker?.register("/sw.js").then(() => navigator.serviceWorker.ready).then(({ active }) =>
  active.postMessage(rows().map((row) => one("a", row).pathname)));
