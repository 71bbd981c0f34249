/** SHA-256 (FIPS 180-4), synchronous and without I/O, for short texts such as the rank of a node. */

/**
 * The digest of the UTF-8 bytes of a text: eight unsigned 32-bit words, most significant first.
 * Comparing the words in order is comparing the digests bytewise.
 */
export function sha256(text: string): Uint32Array<ArrayBuffer> {
  const message = pad(utf8(text));
  const hash = new Uint32Array(INITIAL);
  const schedule = new Uint32Array(64);
  for (let block = 0; block < message.length; block += 64) {
    expand(message, block, schedule);
    compress(hash, schedule);
  }
  return hash;
}

/** Writes a digest as 64 hexadecimal digits. */
export function formatDigest(digest: Uint32Array): string {
  return Array.from(digest, (word) => word.toString(16).padStart(8, "0")).join("");
}

/** FIPS 180-4 §5.3.3: the first 32 bits of the fractional parts of the square roots of 8 primes. */
const INITIAL = fractions(8, 2);

/** FIPS 180-4 §4.2.2: the same of the cube roots of 64 primes. */
const ROUND = fractions(64, 3);

/** FIPS 180-4 §5.1.1: a one bit, zeros, and the length in bits as 64-bit integer. */
function pad(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(((bytes.length + 8 >> 6) + 1) * 64);
  message.set(bytes);
  message[bytes.length] = 0x80;
  const view = new DataView(message.buffer);
  view.setUint32(message.length - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(message.length - 4, bytes.length << 3);
  return message;
}

/** FIPS 180-4 §6.2.2 step 1. */
function expand(message: Uint8Array<ArrayBuffer>, block: number, schedule: Uint32Array): void {
  const view = new DataView(message.buffer, block, 64);
  for (let t = 0; t < 16; t++) schedule[t] = view.getUint32(t * 4);
  for (let t = 16; t < 64; t++) {
    const w15 = word(schedule, t - 15);
    const w2 = word(schedule, t - 2);
    const s0 = rotate(w15, 7) ^ rotate(w15, 18) ^ w15 >>> 3;
    const s1 = rotate(w2, 17) ^ rotate(w2, 19) ^ w2 >>> 10;
    schedule[t] = word(schedule, t - 16) + s0 + word(schedule, t - 7) + s1 | 0;
  }
}

/** FIPS 180-4 §6.2.2 steps 2 to 4. */
function compress(hash: Uint32Array, schedule: Uint32Array): void {
  let a = word(hash, 0);
  let b = word(hash, 1);
  let c = word(hash, 2);
  let d = word(hash, 3);
  let e = word(hash, 4);
  let f = word(hash, 5);
  let g = word(hash, 6);
  let h = word(hash, 7);
  for (let t = 0; t < 64; t++) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const t1 = h + s1 + (e & f ^ ~e & g) + word(ROUND, t) + word(schedule, t) | 0;
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

/** The word at an index that is known to be there. */
function word(words: Uint32Array, index: number): number {
  return words[index] ?? 0;
}

function rotate(value: number, bits: number): number {
  return value >>> bits | value << 32 - bits;
}

function fractions(count: number, root: 2 | 3): Uint32Array<ArrayBuffer> {
  const words: number[] = [];
  for (let n = 2; words.length < count; n++) {
    if (!isPrime(n)) continue;
    const value = root === 2 ? Math.sqrt(n) : Math.cbrt(n);
    words.push(Math.floor((value - Math.floor(value)) * 2 ** 32));
  }
  return Uint32Array.from(words);
}

function isPrime(n: number): boolean {
  for (let divisor = 2; divisor * divisor <= n; divisor++) {
    if (n % divisor === 0) return false;
  }
  return true;
}

function utf8(text: string): Uint8Array {
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
  return Uint8Array.from(bytes);
}
