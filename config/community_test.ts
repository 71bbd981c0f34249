import { deepEqual, equal } from "node:assert/strict";
import { compareCommunity, formatCommunity, parseCommunity } from "./community.ts";

const TAKEN: readonly string[] = [
  "0:0",
  "65535:65281",
  "large:0:0:0",
  "large:4294967295:4294967295:4294967295",
];

const REFUSED: readonly string[] = [
  "",
  "1",
  "1:",
  ":1",
  "1:2:3",
  "65536:0",
  "0:65536",
  "-1:1",
  "1: 2",
  "0x1:1",
  "large:1",
  "large:1:2",
  "large:1:2:3:4",
  "large:1:2:4294967296",
  "Large:1:2:3",
  "extended:1:2:3",
  "no-export",
];

Deno.test("parseCommunity() reads both forms, and formatCommunity() writes them again", () => {
  for (const text of TAKEN) {
    const community = parseCommunity(text);
    equal(community && formatCommunity(community), text);
  }
  for (const text of REFUSED) equal(parseCommunity(text), undefined, text);
});

Deno.test("compareCommunity() orders by number, a community of RFC 1997 by its 32 bits", () => {
  const sorted = ["0:1", "large:1:0:0", "0:2", "1:0", "large:65536:0:0", "large:65536:0:1", "1:1"];
  const read = sorted.flatMap((text) => parseCommunity(text) ?? []);
  deepEqual(read.toReversed().toSorted(compareCommunity).map(formatCommunity), sorted);
});
