// Checks the proof of one entry in front of whoever looks at it, step by step. Nothing is called good before it was computed here, and the first step that does not
// fit is named.
import { Fault, Tiles, base64, hashLeaf, isSame, isSigned, knowsEd25519, readCheckpoint, readKey, seenBy } from "./proof.js";

const place = document.querySelector("[data-proof]");
const list = place.querySelector("[data-steps]");
const verdict = place.querySelector("[data-verdict]");
const { entry, leaf: written, log, key: ownKey, command } = place.dataset;
const leaf = Number(written);
const isClosed = place.dataset.closed !== undefined;
const witnesses = place.dataset.witnesses.split(" ").filter((key) => key);
const waits = [1, 1, 2, 3, 5, 8, 13, 20, 30, 30, 30, 30];
const utc = (time) => `${time.toISOString().slice(0, 19).replace("T", " ")} UTC`;
const count = (number, noun = "entries") => `${number} ${number === 1 && noun === "entries" ? "entry" : noun}`;

const icons = { good: "M3 8.5 6.5 12 13 4.5", bad: "M4 4l8 8M12 4l-8 8", wait: "M8 4v5M8 12v.5", idle: "M4 8h8" };
const words = { good: "Checked:", bad: "Does not fit:", wait: "Not checked:", idle: "No result:" };

function make(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

function icon(tone) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [name, value] of Object.entries({ class: "state-icon", viewBox: "0 0 16 16", width: 14, height: 14, "aria-hidden": "true" })) svg.setAttribute(name, value);
  svg.append(document.createElementNS(svg.namespaceURI, "path"));
  svg.firstChild.setAttribute("d", icons[tone]);
  return svg;
}

/// One line of the list. Its word is what a verdict names it by.
class Step {
  tone = "idle";

  constructor(name, title) {
    this.title = title;
    this.text = make("span", { className: "wrap" });
    this.item = make("li");
    this.item.dataset.step = name;
    this.tell("idle", "");
  }

  tell(tone, text, ...details) {
    this.tone = tone;
    this.item.className = tone;
    this.item.dataset.tone = tone;
    this.text.replaceChildren(make("span", { className: "unseen" }, `${words[tone]} `), make("b", {}, this.title), ` ${text}`);
    this.item.replaceChildren(icon(tone), make("div", {}, this.text, ...details));
    return tone === "good";
  }

  /// Runs its check; what is thrown is what does not fit.
  async run(check) {
    try {
      return await check(this);
    } catch (failure) {
      this.tell("bad", failure.message);
      return undefined;
    }
  }
}

const steps = Object.fromEntries(
  Object.entries({
    bytes: "Entry",
    checkpoint: "Checkpoint",
    leaf: "Leaf",
    path: "Path",
    root: "Root",
    signature: "Signature",
    seen: "Seen before",
    witnesses: "Witnesses",
  }).map(([name, title]) => [name, new Step(name, title)]),
);

async function read(path) {
  const answer = await fetch(new URL(path, document.baseURI), { cache: "no-store", redirect: "error", signal: AbortSignal.timeout(30000) });
  if (!answer.ok) throw new Fault(`the server has no ${path} (${answer.status})`, answer.status === 404);
  return new Uint8Array(await answer.arrayBuffer());
}

const code = (bytes) => make("code", { className: "sub wrap" }, base64(bytes));
const named = (name, bytes) => [make("span", { className: "sub" }, name), code(bytes)];

// As the server writes them: whatever is not printable ASCII by its number.
const shown = (bytes) =>
  new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes).replace(/[^ -~]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);

async function checkBytes(step) {
  const bytes = await read(entry);
  const isShown = shown(bytes) === document.querySelector("[data-bytes]").textContent;
  if (!isShown) throw new Fault(`the server sends other bytes (${bytes.length}) than this page shows`);
  step.tell("good", `${bytes.length} bytes, and they are those that this page shows`);
  return bytes;
}

async function checkCheckpoint(step, key) {
  const checkpoint = readCheckpoint(await read(`${log}checkpoint`));
  if (checkpoint.origin !== key.name) throw new Fault(`it is of the log '${checkpoint.origin}', and the key of '${key.name}'`);
  if (checkpoint.size > leaf) step.tell("good", `${count(checkpoint.size)} of ${checkpoint.origin} under the root`, code(checkpoint.root));
  else if (!isClosed) step.tell("wait", `it covers ${count(checkpoint.size)}, and not yet this one, number ${leaf}`);
  else throw new Fault(`this log ended at ${count(checkpoint.size)}, and its last checkpoint never covered this one; look for the entry installation.restored or history.lost after it`);
  return checkpoint;
}

async function checkLeaf(step, bytes, tiles) {
  const hash = await hashLeaf(bytes);
  const kept = await tiles.hash(0, leaf);
  if (isSame(hash, kept)) step.tell("good", `SHA-256 of 0x00 and the bytes; the tree has the same at place ${leaf}`, code(hash));
  else step.tell("bad", `the bytes have another hash than the one that the tree has at place ${leaf}: the entry was changed`, ...named("computed", hash), ...named("in the tree", kept));
  return hash;
}

async function checkPath(step, hash, tiles) {
  const rungs = [];
  const root = await tiles.climb(hash, leaf, ({ from, to, isLeft, sibling, hash: joined }) => {
    const whose = to - from === 1 ? `entry ${from}` : `entries ${from} to ${to - 1}`;
    rungs.push(make("li", {}, `${isLeft ? "left" : "right"}: ${whose}`, code(sibling), ...named("together", joined)));
  });
  const title = make("summary", {}, `${count(rungs.length, rungs.length === 1 ? "hash" : "hashes")} beside it, from the leaf to the root`);
  const details = rungs.length > 0 ? [make("details", { className: "rungs" }, title, make("ol", {}, ...rungs))] : [];
  step.tell("good", "each hash joined with its neighbour, as far as the root", ...details);
  return root;
}

function checkRoot(step, root, checkpoint) {
  if (isSame(root, checkpoint.root)) step.tell("good", "the path ends at the root of the checkpoint");
  else step.tell("bad", "the path ends elsewhere: the entry, a hash on the path or the root was changed", ...named("computed", root), ...named("in the checkpoint", checkpoint.root));
}

async function checkSignature(step, checkpoint, key, hasEd25519) {
  if (!hasEd25519) step.tell("wait", `this browser cannot check Ed25519, so who signed the checkpoint is open. Run: ${command}`);
  else if (await isSigned(checkpoint, key)) step.tell("good", "Ed25519, by the key below");
  else step.tell("bad", "the checkpoint is not signed by the key below: somebody changed it, or it is of another log");
}

/// What this browser keeps of a log between two visits.
class Memory {
  constructor(origin) {
    this.name = `bascule.log ${origin}`;
    try {
      const kept = JSON.parse(localStorage.getItem(this.name));
      this.key = kept?.key;
      this.checkpoint = kept && readCheckpoint(new TextEncoder().encode(kept.note));
      this.at = kept?.at;
    } catch {
      this.isUnreadable = true;
    }
  }

  keep(checkpoint, key) {
    try {
      localStorage.setItem(this.name, JSON.stringify({ key, note: checkpoint.note, at: new Date().toISOString() }));
    } catch {
      steps.seen.tell("idle", "this browser keeps nothing for this page, so there is nothing to compare, now and later");
    }
  }
}

async function checkSeen(step, memory, checkpoint, tiles) {
  const seen = memory.checkpoint;
  if (memory.key && memory.key !== ownKey) throw new Fault(`THE KEY IS ANOTHER than this browser saw on ${utc(new Date(memory.at))}: ${memory.key}`);
  step.isFirst = !seen;
  if (memory.isUnreadable) return void step.tell("idle", "this browser remembers nothing of this log that can be read");
  if (step.isFirst) return void step.tell("idle", "this browser sees the log for the first time; from now on it remembers");
  const when = `on ${utc(new Date(memory.at))}, at ${count(seen.size)}`;
  if (seen.size > checkpoint.size)
    throw new Fault(`ROLLED BACK: this browser saw the log ${when}, and now it has ${checkpoint.size}. Keep both checkpoints: together they prove it`);
  if (!(await tiles.extends(seen.root, seen.size, checkpoint.root)))
    throw new Fault(`FORKED: this is not the log that this browser saw ${when}. Keep both checkpoints: together they prove it`);
  step.tell("good", `everything that this browser saw ${when}, still stands in front of what came later`);
}

// The notes themselves are the evidence: somebody else can check them.
function showBoth(step, memory, checkpoint) {
  if (!memory.checkpoint) return;
  for (const note of [memory.checkpoint.note, checkpoint.note]) step.item.lastChild.append(make("pre", { className: "bytes" }, note));
}

async function checkWitnesses(step, witnessed, checkpoint, key, tiles) {
  if (witnessed.missing) return void step.tell("idle", "no witness has cosigned a checkpoint of this log");
  if (witnessed instanceof Error) throw witnessed;
  const note = readCheckpoint(witnessed);
  if (!(await isSigned(note, key))) throw new Fault("the checkpoint that witnesses signed is not signed by the log's key");
  if (note.size > checkpoint.size)
    throw new Fault(`ROLLED BACK: witnesses saw the log at ${count(note.size)}, and now it has ${checkpoint.size}`);
  if (!(await tiles.extends(note.root, note.size, checkpoint.root)))
    throw new Fault(`FORKED: the log does not extend what witnesses saw at ${count(note.size)}`);
  const said = [];
  for (const text of witnesses) {
    const witness = await readKey(text);
    const time = await seenBy(note, witness);
    if (time) said.push(`${witness.name} saw it on ${utc(time)}`);
  }
  if (said.length === 0) return void step.tell("wait", "the cosignatures are of witnesses whose keys the settings do not name");
  const covers = note.size > leaf ? "this entry is among them" : "this entry is newer; the witness has not come back yet";
  step.tell("good", `${said.join("; ")}: ${count(note.size)}, and ${covers}`);
}

function conclude(checkpoint) {
  const all = Object.values(steps);
  const bad = all.filter((step) => step.tone === "bad");
  const isNeeded = (step) => step !== steps.witnesses && !step.isFirst;
  const open = all.filter(isNeeded).find((step) => step.tone !== "good");
  const titles = bad.map((step) => `“${step.title}”`).join(", ");
  const [tone, text] = titles
    ? ["bad", `NOT PROVEN. What does not fit: ${titles}. ${bad[0].title}: ${bad[0].text.lastChild.textContent.trim()}`]
    : open
      ? ["wait", `Not fully checked: the step “${open.title}” is open. Run: ${command}`]
      : ["good", `This entry stands at place ${leaf} of the ${count(checkpoint.size)} under the signed checkpoint. Computed by this browser at ${utc(new Date())}.`];
  tell(tone, text);
  return tone === "good";
}

function tell(tone, text) {
  verdict.className = `notice ${tone}`;
  verdict.textContent = text;
  place.dataset.verdict = tone;
}

async function check() {
  for (const step of Object.values(steps)) step.tell("idle", "");
  const key = await readKey(ownKey);
  const hasEd25519 = await knowsEd25519();
  // Before the checkpoint is read: what another window remembers meanwhile may be newer than what this one compares.
  const memory = new Memory(key.name);
  const bytes = await steps.bytes.run(checkBytes);
  // Before the checkpoint as well: an honest log never has fewer entries than witnesses saw a moment ago.
  const witnessed = await read(`${log}witnessed`).catch((failure) => failure);
  const checkpoint = await steps.checkpoint.run((step) => checkCheckpoint(step, key));
  if (!checkpoint || steps.checkpoint.tone === "bad") return conclude();
  const tiles = new Tiles((path) => read(log + path), checkpoint.size);
  await steps.signature.run((step) => checkSignature(step, checkpoint, key, hasEd25519));
  // Of a checkpoint that nobody signed there is nothing to compare.
  if (steps.signature.tone === "bad") steps.seen.tell("idle", "nobody has signed this checkpoint, so it says nothing");
  else await steps.seen.run((step) => checkSeen(step, memory, checkpoint, tiles));
  if (steps.seen.tone === "bad") showBoth(steps.seen, memory, checkpoint);
  if (hasEd25519) await steps.witnesses.run((step) => checkWitnesses(step, witnessed, checkpoint, key, tiles));
  if (checkpoint.size <= leaf) return "later";
  if (bytes) {
    const hash = await steps.leaf.run((step) => checkLeaf(step, bytes, tiles));
    const root = hash && (await steps.path.run((step) => checkPath(step, hash, tiles)));
    if (root) checkRoot(steps.root, root, checkpoint);
  }
  const isGood = conclude(checkpoint);
  if (isGood) memory.keep(checkpoint, ownKey);
  return isGood;
}

async function checkUntilCovered() {
  for (const seconds of waits) {
    if ((await check()) !== "later") return;
    const bad = Object.values(steps).some((step) => step.tone === "bad");
    if (bad) return void conclude();
    tell("wait", "No checkpoint covers this entry yet: one is signed about every second. Looking again.");
    await new Promise((resume) => setTimeout(resume, seconds * 1000));
  }
  tell("wait", "No checkpoint has covered this entry for minutes. Is bascule_audit_checkpoints_total{outcome=\"failed\"} growing? Load the page again to look again.");
}

function compareOwnKey() {
  const field = place.querySelector("[data-own-key]");
  const answer = place.querySelector("[data-own-answer]");
  field?.addEventListener("input", () => {
    const own = field.value.trim();
    const isOwn = own === ownKey;
    answer.className = own ? (isOwn ? "state good" : "state bad") : "sub";
    answer.textContent = own ? (isOwn ? "The same key" : "Another key: do not believe this page") : "";
  });
}

list.replaceChildren(...Object.values(steps).map((step) => step.item));
compareOwnKey();
if (!ownKey) tell("wait", "This entry is older than the log: nothing has been signed over it.");
else if (!globalThis.crypto?.subtle)
  tell("wait", `Nothing is checked: a browser gives its SHA-256 and Ed25519 only to pages that came over https, or from this machine. Open this page so, or run: ${command}`);
else checkUntilCovered().catch((failure) => tell("bad", `The check broke off: ${failure.message}`));
