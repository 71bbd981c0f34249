/** SHA-256 (FIPS 180-4), synchronous and without I/O, for short texts such as the rank of a node. */

/**
 * The digest of the UTF-8 bytes of a text: eight unsigned 32-bit words, most significant first.
 * Comparing the words in order is comparing the digests bytewise.
 */
export function sha256(text: string): Uint32Array<ArrayBuffer> {
  const bytes = isAscii(text) ? text : utf8(text);
  const hash = new Int32Array(INITIAL);
  // Sixteen words, which the schedule goes round in: V8 has typed arrays of up to 64 bytes in its own heap.
  const schedule = new Int32Array(16);
  const end = (bytes.length + 8 >> 6) + 1 << 6;
  for (let block = 0; block < end; block += 64) {
    load(schedule, bytes, block);
    if (block + 64 === end) {
      schedule[14] = Math.floor(bytes.length / 2 ** 29);
      schedule[15] = bytes.length << 3;
    }
    compress(hash, schedule);
  }
  return new Uint32Array(hash);
}

/** Writes a digest as 64 hexadecimal digits. */
export function formatDigest(digest: Uint32Array): string {
  return Array.from(digest, (word) => word.toString(16).padStart(8, "0")).join("");
}

/** FIPS 180-4 §5.3.3: the first 32 bits of the fractional parts of the square roots of 8 primes. */
const INITIAL = fractions(8, 2);

/** FIPS 180-4 §4.2.2: the same of the cube roots of 64 primes. */
const ROUND = fractions(64, 3);

/** FIPS 180-4 §5.1.1 but for the length: the bytes of one block, a one bit after the last, zeros. */
function load(schedule: Int32Array, bytes: string, block: number): void {
  for (let t = 0; t < 16; t++) {
    const at = block + 4 * t;
    schedule[t] = byteAt(bytes, at) << 24 | byteAt(bytes, at + 1) << 16 |
      byteAt(bytes, at + 2) << 8 | byteAt(bytes, at + 3);
  }
}

function byteAt(bytes: string, at: number): number {
  if (at < bytes.length) return bytes.charCodeAt(at);
  return at === bytes.length ? 0x80 : 0;
}

/** FIPS 180-4 §6.2.2. Leaves other words in the schedule. */
function compress(hash: Int32Array, schedule: Int32Array): void {
  let a = word(hash, 0);
  let b = word(hash, 1);
  let c = word(hash, 2);
  let d = word(hash, 3);
  let e = word(hash, 4);
  let f = word(hash, 5);
  let g = word(hash, 6);
  let h = word(hash, 7);
  for (let t = 0; t < 64; t++) {
    if (t >= 16) expand(schedule, t);
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const t1 = h + s1 + (e & f ^ ~e & g) + word(ROUND, t) + word(schedule, t & 15) | 0;
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const t2 = s0 + (a & b ^ a & c ^ b & c) | 0;
    h = g;
    g = f;
    f = e;
    e = d + t1 | 0;
    d = c;
    c = b;
    b = a;
    a = t1 + t2 | 0;
  }
  hash[0] = word(hash, 0) + a;
  hash[1] = word(hash, 1) + b;
  hash[2] = word(hash, 2) + c;
  hash[3] = word(hash, 3) + d;
  hash[4] = word(hash, 4) + e;
  hash[5] = word(hash, 5) + f;
  hash[6] = word(hash, 6) + g;
  hash[7] = word(hash, 7) + h;
}

/** FIPS 180-4 §6.1.3: word `t` of the schedule takes the place of word `t - 16`. */
function expand(schedule: Int32Array, t: number): void {
  const w15 = word(schedule, t - 15 & 15);
  const w2 = word(schedule, t - 2 & 15);
  const s0 = rotate(w15, 7) ^ rotate(w15, 18) ^ w15 >>> 3;
  const s1 = rotate(w2, 17) ^ rotate(w2, 19) ^ w2 >>> 10;
  schedule[t & 15] = word(schedule, t & 15) + s0 + word(schedule, t - 7 & 15) + s1;
}

/** The word at an index that is known to be there. */
function word(words: Int32Array, index: number): number {
  return words[index] ?? 0;
}

function rotate(value: number, bits: number): number {
  return value >>> bits | value << 32 - bits;
}

function fractions(count: number, root: 2 | 3): Int32Array<ArrayBuffer> {
  const words: number[] = [];
  for (let n = 2; words.length < count; n++) {
    if (!isPrime(n)) continue;
    const value = root === 2 ? Math.sqrt(n) : Math.cbrt(n);
    words.push((value - Math.floor(value)) * 2 ** 32 | 0);
  }
  return Int32Array.from(words);
}

function isPrime(n: number): boolean {
  for (let divisor = 2; divisor * divisor <= n; divisor++) {
    if (n % divisor === 0) return false;
  }
  return true;
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

/** A text with one character for each byte. */
function utf8(text: string): string {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | code >> 6, 0x80 | code & 0x3f);
    else if (code < 0x10000) {
      bytes.push(0xe0 | code >> 12, 0x80 | code >> 6 & 0x3f, 0x80 | code & 0x3f);
    } else {
      bytes.push(0xf0 | code >> 18, 0x80 | code >> 12 & 0x3f);
      bytes.push(0x80 | code >> 6 & 0x3f, 0x80 | code & 0x3f);
    }
  }
  return String.fromCharCode(...bytes);
}
