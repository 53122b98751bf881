// Keeps a page current: every three seconds (thirty where nothing more is to come), while it is looked at, the same address is read again
// and the live parts are replaced.
// Times are written in the reader's own zone. Without this script the page is complete, only still.
const period = () => (document.querySelector("[data-live]:not([data-rest])") ? 3000 : 30000);
const served = new WeakMap();
const state = document.querySelector("[data-link-state]");
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const ago = new Intl.RelativeTimeFormat(undefined, { numeric: "auto", style: "short" });
const units = [["day", 86400], ["hour", 3600], ["minute", 60]];

function since(time) {
  const seconds = (time - Date.now()) / 1000;
  const [unit, size] = units.find(([, size]) => Math.abs(seconds) >= size) ?? ["second", 1];
  return Math.abs(seconds) > 30 * 86400 ? full.format(time) : ago.format(Math.round(seconds / size), unit);
}

function localise(root) {
  for (const element of root.querySelectorAll("time[data-time]")) {
    const time = new Date(element.dateTime);
    element.textContent = element.dataset.time === "ago" ? since(time) : full.format(time);
    element.title = `${full.format(time)} (${element.dateTime})`;
  }
}

function isInUse(part) {
  const selection = document.getSelection();
  const typed = [...part.querySelectorAll("textarea")].some((field) => field.value !== field.defaultValue);
  return typed || part.contains(document.activeElement) || (!selection.isCollapsed && part.contains(selection.anchorNode));
}

function replace(part, fresh) {
  if (served.get(part) === fresh.innerHTML || isInUse(part)) return;
  served.set(part, fresh.innerHTML);
  const kept = [...part.querySelectorAll("[data-keep]")].map((box) => [box.dataset.keep, box.scrollTop]);
  part.replaceChildren(...fresh.childNodes);
  for (const [name, top] of kept) part.querySelector(`[data-keep="${name}"]`)?.scrollTo({ top });
  localise(part);
}

async function refresh() {
  const answer = await fetch(location.href, { cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(10000) });
  // Signed out, or not allowed any more: what stands here is not for whoever looks at it now.
  const isOver = answer.type === "opaqueredirect" || answer.status === 403;
  if (isOver && document.querySelector("[data-live]")) return location.reload();
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    const fresh = page.querySelector(`[data-live="${part.dataset.live}"]`);
    if (!fresh) continue;
    part.toggleAttribute("data-rest", fresh.hasAttribute("data-rest"));
    replace(part, fresh);
  }
}

function tell(reached) {
  const { dataset } = document.documentElement;
  const was = dataset.refreshed;
  dataset.refreshed = reached ? "yes" : "no";
  if (was !== dataset.refreshed) state.textContent = reached ? "Live" : `No answer since ${full.format(new Date())}`;
}

async function keepCurrent() {
  if (!document.hidden) await refresh().then(() => tell(true), () => tell(false));
  setTimeout(keepCurrent, period());
}

for (const part of document.querySelectorAll("[data-live]")) served.set(part, part.innerHTML);
localise(document);
setTimeout(keepCurrent, period());

// A drawing that is wider than its window begins with what was asked for in sight.
const graph = document.querySelector(".graph");
const asked = graph?.querySelector(".asked")?.getBoundingClientRect();
if (asked) graph.scrollLeft += asked.x + asked.width / 2 - graph.getBoundingClientRect().x - graph.clientWidth / 2;
