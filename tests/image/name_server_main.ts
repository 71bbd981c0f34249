/**
 * `name_server_main.ts ADDRESS NAME`: a name server (RFC 1035) on UDP port 53 of the IPv4 address that knows one
 * name, which has that address and none of IPv6. Any other name does not exist. Writes a line when it has begun.
 */
import { createSocket } from "node:dgram";

const TYPE_A = 1;
const RESPONSE = 0x8580; // QR, AA, RD, RA
const NAME_ERROR = 3;
const HEADER_BYTES = 12;

const [address = "", known = ""] = Deno.args;
const socket = createSocket("udp4");
socket.on("message", (query, asker) => socket.send(answer(query), asker.port, asker.address));
// deno-lint-ignore no-console -- its maker waits for the line
socket.bind(53, address, () => console.log("answering"));

/** One question, as resolvers ask; what stands behind it (EDNS) is left out of the answer. */
function answer(query: Uint8Array): Uint8Array {
  const { name, end } = readName(query);
  const isKnown = name === known;
  const isA = new DataView(query.buffer, query.byteOffset + end).getUint16(0) === TYPE_A;
  const records = isKnown && isA ? [record(address)] : [];
  const header = new DataView(new ArrayBuffer(HEADER_BYTES));
  header.setUint16(0, (query[0] ?? 0) << 8 | (query[1] ?? 0));
  header.setUint16(2, RESPONSE | (isKnown ? 0 : NAME_ERROR));
  header.setUint16(4, 1);
  header.setUint16(6, records.length);
  const question = query.subarray(HEADER_BYTES, end + 4);
  return Uint8Array.from([
    ...new Uint8Array(header.buffer),
    ...question,
    ...records.flatMap((bytes) => [...bytes]),
  ]);
}

function readName(query: Uint8Array): { readonly name: string; readonly end: number } {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(new TextDecoder().decode(query.subarray(at + 1, at + 1 + length)));
    at += 1 + length;
  }
  return { name: labels.join("."), end: at + 1 };
}

/** A record of type A for the name of the question, to be kept for no time. */
function record(ipv4: string): readonly number[] {
  const pointer = [0xc0, HEADER_BYTES];
  return [...pointer, 0, TYPE_A, 0, 1, 0, 0, 0, 0, 0, 4, ...ipv4.split(".").map(Number)];
}
