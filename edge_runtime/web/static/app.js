// Keys, deeds without a reload, what was seen, swipes, and a queue for when there is no connection.
"use strict";
const DEEDS = "article form, .words";
const all = (what, where = document) => [...where.querySelectorAll(what)];
const rows = () => all("article:not(.gone)");
const queued = () => JSON.parse(localStorage.queue || "[]");
document.cookie = "js=1; path=/; max-age=31536000; samesite=lax";
all("article button").forEach((button) => { button.title = button.textContent; });

function say(words) {
  document.getElementById("note")?.replaceChildren(Object.assign(document.createElement("p"), { textContent: words }));
}

// The page of an answer; null for a refusal, which is told; undefined where there is no connection: it is sent later.
async function send(path, fields, isQueued) {
  const body = new URLSearchParams(fields);
  try {
    const answer = await fetch(path, { method: "POST", body, headers: { "x-quiet": "1" }, keepalive: true });
    // Logged out meanwhile: it waits for the next login.
    if (answer.status == 401) throw answer;
    if (answer.redirected) location.reload();
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (answer.ok) return page;
    say(`${document.body.dataset.refused} ${(page.querySelector("main p:not(:empty)") || page.body).textContent}`);
    return null;
  } catch {
    const one = [path, `${body}`];
    localStorage.queue = JSON.stringify(isQueued ? [one, ...queued()] : [...queued(), one]);
    say(document.body.dataset.queued);
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
  const row = form.closest("article");
  if (row && deed == "hide") row.classList.add("going");
  const page = await send(form.action, { do: deed, ...(row && { row: 1 }) });
  row?.classList.remove("going");
  if (page === null) return;
  if (row && deed == "hide") {
    const next = rows()[rows().indexOf(row) + 1];
    row.classList.add("gone");
    if (next) next.querySelector("a").focus({ preventScroll: true });
  }
  if (row && deed.endsWith("read")) row.classList.toggle("read", deed == "read");
  if (!page) return;
  const had = document.activeElement && form.contains(document.activeElement) && document.activeElement.value;
  const fresh = page.querySelector("form");
  form.replaceWith(fresh);
  if (had) all("button", fresh).find((one) => one.value.replace(/^un/, "") == had.replace(/^un/, ""))?.focus();
  document.getElementById("note").replaceWith(page.getElementById("note"));
}

document.addEventListener("submit", (event) => {
  const deed = event.submitter?.value;
  if (!event.target.matches(DEEDS) || !deed) return;
  event.preventDefault();
  act(event.target, deed);
});

// Keys: of a row that has the focus, else of the first one in sight, else of the story of this page.
const press = (place, deed) => {
  const form = (place || document).querySelector(DEEDS);
  const read = place?.classList.contains("read");
  const name = deed != "read" ? deed : place ? (read ? "unread" : "read") : form?.querySelector("[value$=read]")?.value;
  if (form) act(form, form.querySelector(`[value=un${deed}]`) && deed != "read" ? `un${deed}` : name);
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select, textarea")) return;
  const list = rows(), here = document.activeElement.closest("article");
  const inSight = here || list.find((row) => row.getBoundingClientRect().bottom > 60);
  const go = (row) => row && (row.querySelector("a").focus(), row.scrollIntoView({ block: "nearest" }));
  const does = {
    j: () => list.length ? go(here ? list[list.indexOf(here) + 1] : inSight) : document.querySelector("[rel=next]")?.click(),
    k: () => list.length ? go(list[list.indexOf(here) - 1]) : document.querySelector("[rel=prev]")?.click(),
    o: () => (inSight?.querySelector("a") || document.querySelector(".out"))?.click(),
    l: () => press(inSight, "like"), s: () => press(inSight, "save"),
    m: () => press(inSight, "read"), h: () => press(inSight, "hide"),
    "/": () => { const field = document.getElementById("q"); if (field) field.focus(); else location.href = "/search"; },
    "?": () => (location.href = "/keys"),
  }[event.key];
  if (does) event.preventDefault(), does();
});

// Swipes: to the right to save, to the left to hide.
let start;
document.addEventListener("touchstart", (event) => { start = event.touches[0]; }, { passive: true });
document.addEventListener("touchend", (event) => {
  const row = event.target.closest?.("article"), end = event.changedTouches[0];
  const x = end.clientX - start.clientX;
  if (row && Math.abs(x) > 90 && Math.abs(x) > 3 * Math.abs(end.clientY - start.clientY)) press(row, x > 0 ? "save" : "hide");
}, { passive: true });

// What stood in sight for a second counts as shown; what was scrolled past is read, if the reader wants that.
const idOf = (row) => new URL(row.querySelector(DEEDS).action).pathname.slice(3);
if (location.pathname == "/" || document.body.dataset.seen) {
  const shown = new Set(), told = new Set(), past = new Set(), timers = new Map();
  const watch = new IntersectionObserver((seen) => seen.forEach(({ target, isIntersecting, boundingClientRect }) => {
    clearTimeout(timers.get(target));
    if (isIntersecting) timers.set(target, setTimeout(() => shown.add(idOf(target)), 1000));
    else if (boundingClientRect.bottom < 0 && !target.matches(".read, .gone")) past.add(target);
  }), { threshold: 0.5 });
  rows().filter((row) => row.querySelector(DEEDS)).forEach((row) => watch.observe(row));
  const tell = () => {
    const ids = [...shown].filter((id) => !told.has(id));
    ids.forEach((id) => told.add(id));
    if (ids.length && location.pathname == "/") send("/shown", { ids: ids.join(" ") });
  };
  document.addEventListener("visibilitychange", () => document.hidden && tell());
  setInterval(async () => {
    tell();
    if (!past.size || !document.body.dataset.seen) return;
    const gone = [...past].filter((row) => !row.matches(".read"));
    past.clear();
    gone.forEach((row) => row.classList.add("read"));
    if (!gone.length) return;
    const page = await send("/read", { ids: gone.map(idOf).join(" ") });
    if (page === null) gone.forEach((row) => row.classList.remove("read"));
    else if (page) document.getElementById("note").replaceWith(page.getElementById("note"));
  }, 2000);
}

// An opened story that no server heard of: it came from the worker, or from an address.
if (location.search == "?o=1" && location.pathname.startsWith("/a/"))
  send(location.pathname, { do: "open", from: sessionStorage.list || "" }), history.replaceState(0, "", location.pathname);
if (rows().length) sessionStorage.list = location.pathname;
all("[data-open]").forEach((link) => link.addEventListener("click", () => send(link.dataset.open, { do: "open" })));

addEventListener("online", flush);
flush();
navigator.serviceWorker?.register("/sw.js").then(() => navigator.serviceWorker.ready).then(({ active }) =>
  active.postMessage(rows().map((row) => row.querySelector("a").pathname)));
