// What RFC 6962 and c2sp.org/tlog-tiles, signed-note and tlog-cosignature say, checked with the browser's own SHA-256 and Ed25519. Nothing here trusts the tiles: a hash
// counts only once it has led to a root that was signed.
const hashLength = 32;
const tileWidth = 256;
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const utf8 = new TextEncoder();

/// Why a check did not pass; `missing` where the server has no such file.
export class Fault extends Error {
  constructor(message, missing = false) {
    super(message);
    this.missing = missing;
  }
}

export const isSame = (a, b) => a.length === b.length && a.every((byte, at) => byte === b[at]);
export const base64 = (bytes) => btoa(String.fromCharCode(...bytes));

/// Null unless it is the one way to write these bytes.
export function fromBase64(text) {
  try {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    return base64(bytes) === text ? bytes : null;
  } catch {
    return null;
  }
}

async function sha256(...parts) {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest("SHA-256", joined));
}

// The marks keep a leaf from being taken for a node.
export const hashLeaf = (entry) => sha256([0], entry);
export const hashNode = (left, right) => sha256([1], left, right);

function largestPowerBelow(number) {
  let power = 1;
  while (power * 2 < number) power *= 2;
  return power;
}

/// The ranges of leaves whose hashes lead from a leaf to the root, from the leaf upward.
export function siblings(index, size) {
  const ranges = [];
  for (let [from, to] = [0, size]; to - from > 1; ) {
    const middle = from + largestPowerBelow(to - from);
    const isLeft = index < middle;
    ranges.push({ from: isLeft ? middle : from, to: isLeft ? to : middle, isLeft: !isLeft, parent: [from, to] });
    [from, to] = isLeft ? [from, middle] : [middle, to];
  }
  return ranges.reverse();
}

/// The ranges whose hashes show that a tree begins with the leaves of a smaller one.
function between(smaller, size) {
  const ranges = [];
  let [from, to, isWhole] = [0, size, true];
  while (smaller !== to) {
    const middle = from + largestPowerBelow(to - from);
    if (smaller <= middle) {
      ranges.push([middle, to]);
      to = middle;
    } else {
      ranges.push([from, middle]);
      [from, isWhole] = [middle, false];
    }
  }
  if (!isWhole) ranges.push([from, to]);
  return ranges.reverse();
}

/// Reads the hashes of one log at one size.
export class Tiles {
  #read = new Map();

  /// `read` takes a path below the log, such as tile/0/x001/234.p/7, and gives its bytes.
  constructor(read, size) {
    this.read = read;
    this.size = size;
  }

  static path(level, index, width) {
    let groups = String(index % 1000).padStart(3, "0");
    for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000))
      groups = `x${String(rest % 1000).padStart(3, "0")}/${groups}`;
    return `tile/${level}/${groups}${width < tileWidth ? `.p/${width}` : ""}`;
  }

  /// The hash over 256^level leaves, as its tile says.
  async hash(level, index) {
    const at = Math.floor(index / tileWidth);
    const width = Math.min(tileWidth, Math.floor(this.size / tileWidth ** level) - at * tileWidth);
    const path = Tiles.path(level, at, width);
    if (!this.#read.has(path)) this.#read.set(path, this.read(path));
    const tile = await this.#read.get(path);
    if (tile.length !== width * hashLength)
      throw new Fault(`${path} has ${tile.length} bytes, and not ${width * hashLength}`);
    const offset = (index % tileWidth) * hashLength;
    return tile.slice(offset, offset + hashLength);
  }

  /// The hash over a range of leaves that RFC 6962 splits a tree into.
  async range(from, to) {
    const length = to - from;
    for (let [level, width] = [0, 1]; width <= length; [level, width] = [level + 1, width * tileWidth])
      if (width === length) return this.hash(level, from / width);
    const middle = from + largestPowerBelow(length);
    return hashNode(await this.range(from, middle), await this.range(middle, to));
  }

  /// Climbs from a leaf to the root. `onStep` is told of each hash on the way.
  async climb(leaf, index, onStep = () => {}) {
    let hash = leaf;
    for (const { from, to, isLeft, parent } of siblings(index, this.size)) {
      const sibling = await this.range(from, to);
      hash = isLeft ? await hashNode(sibling, hash) : await hashNode(hash, sibling);
      onStep({ from, to, isLeft, sibling, hash });
      await this.#matchTile(parent, hash);
    }
    return hash;
  }

  // A complete tile has its own hash in the tile above: where they differ, one of the two was changed.
  async #matchTile([from, to], hash) {
    for (let [level, width] = [1, tileWidth]; width <= to - from; [level, width] = [level + 1, width * tileWidth])
      if (width === to - from && !isSame(await this.hash(level, from / width), hash))
        throw new Fault(`entries ${from} to ${to - 1} have the hash ${base64(hash)}, and the tile above them says another`);
  }

  /// Whether this tree, of that root, begins with exactly the leaves of a smaller one (RFC 9162, section 2.1.4.2). Throws where the tiles do not give that root:
  /// then they say nothing about the smaller one.
  async extends(smallerRoot, smaller, root) {
    if (smaller === 0) return true;
    if (smaller === this.size) return isSame(smallerRoot, root);
    const path = [];
    for (const [from, to] of between(smaller, this.size)) path.push(await this.range(from, to));
    if (largestPowerBelow(smaller + 1) === smaller) path.unshift(await this.range(0, smaller));
    let [node, last] = [smaller - 1, this.size - 1];
    const up = () => ([node, last] = [Math.floor(node / 2), Math.floor(last / 2)]);
    while (node % 2 === 1) up();
    let [before, after] = [path[0], path[0]];
    for (const hash of path.slice(1)) {
      if (node % 2 === 1 || node === last) {
        [before, after] = [await hashNode(hash, before), await hashNode(hash, after)];
        while (node % 2 === 0 && node !== 0) up();
      } else {
        after = await hashNode(after, hash);
      }
      up();
    }
    if (last !== 0 || !isSame(after, root)) throw new Fault("the tiles do not give the root of the checkpoint, so they cannot tell what it extends");
    return isSame(before, smallerRoot);
  }
}

/// A text with signatures under it. Throws for what is none.
export function readNote(bytes) {
  let note;
  try {
    note = strict.decode(bytes);
  } catch {
    throw new Fault("the checkpoint is no text");
  }
  const end = note.lastIndexOf("\n\n");
  if (end < 0 || !note.endsWith("\n")) throw new Fault("the checkpoint has no signature");
  const signatures = note.slice(end + 2, -1).split("\n").map((line) => {
    const [dash, name, payload, rest] = line.split(" ");
    const material = fromBase64(payload ?? "");
    if (dash !== "\u2014" || rest !== undefined || !material || material.length <= 4) throw new Fault("a signature line of the checkpoint is none");
    return { name, id: material.slice(0, 4), payload: material.slice(4) };
  });
  return { note, text: note.slice(0, end + 1), signatures };
}

/// Origin, size and root of a log, with the note they stand in. Throws for what is none.
export function readCheckpoint(bytes) {
  const note = readNote(bytes);
  const [origin, size, root] = note.text.split("\n");
  const hash = fromBase64(root ?? "");
  if (!origin || !/^(0|[1-9][0-9]{0,15})$/.test(size ?? "") || !Number.isSafeInteger(Number(size)) || hash?.length !== hashLength)
    throw new Fault("the checkpoint has no origin, size and root, one a line");
  return { ...note, origin, size: Number(size), root: hash };
}

/// A verifier key, name+hash+base64. Throws for what is none.
export async function readKey(written) {
  const [, name, id, material] = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/.exec(written) ?? [];
  const bytes = fromBase64(material ?? "");
  if (bytes?.length !== 1 + hashLength) throw new Fault(`'${written}' is no verifier key`);
  const digest = (await sha256(utf8.encode(`${name}\n`), bytes)).slice(0, 4);
  const hex = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  if (hex !== id) throw new Fault(`the hash in the key of '${name}' does not belong to it`);
  return { name, id: digest, type: bytes[0], public: bytes.slice(1) };
}

/// Whether the browser can check Ed25519 at all.
export async function knowsEd25519() {
  try {
    await crypto.subtle.importKey("raw", new Uint8Array(hashLength), "Ed25519", false, ["verify"]);
    return true;
  } catch (refused) {
    return refused.name !== "NotSupportedError";
  }
}

async function verifies(key, signature, text) {
  const imported = await crypto.subtle.importKey("raw", key.public, "Ed25519", false, ["verify"]);
  return crypto.subtle.verify("Ed25519", imported, signature, utf8.encode(text));
}

const linesOf = (note, key) => note.signatures.filter((line) => line.name === key.name && isSame(line.id, key.id));

/// Whether the log's key signed the note: a line that claims to be its and is not spoils it.
export async function isSigned(note, key) {
  const lines = linesOf(note, key);
  for (const line of lines) if (!(await verifies(key, line.payload, note.text))) return false;
  return lines.length > 0 && key.type === 1;
}

/// When a witness saw the note, or null where it did not sign. Throws where its line is false.
export async function seenBy(note, key) {
  let seen = null;
  for (const { payload } of linesOf(note, key)) {
    if (payload.length !== 8 + 64) throw new Fault(`the line of witness ${key.name} is no cosignature`);
    const time = new DataView(payload.buffer, payload.byteOffset).getBigUint64(0);
    if (!(await verifies(key, payload.slice(8), `cosignature/v1\ntime ${time}\n${note.text}`)))
      throw new Fault(`the cosignature of ${key.name} is false`);
    seen = new Date(Number(time) * 1000);
  }
  return seen;
}
