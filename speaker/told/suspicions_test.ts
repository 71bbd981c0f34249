import assert from "node:assert/strict";
import { parseIp } from "../../ip/address.ts";
import { parseMac } from "../../ip/mac.ts";
import type { NeighborPacket } from "../wire/neighbor.ts";
import { Suspicions } from "./suspicions.ts";

const [A, B] = ["192.168.0.200", "192.168.0.201"] as const;

Deno.test("Suspicions counts each address once, and ends with what is seen first", () => {
  const suspicions = new Suspicions();
  assert.deepEqual([suspicions.raise(A), suspicions.raise(A), suspicions.raise(B)], [
    true,
    false,
    true,
  ]);
  assert.equal(suspicions.hear(packet("probe", A)), undefined, "a probe is no answer");
  assert.equal(suspicions.hear(packet("answer", A)), "answered");
  assert.equal(suspicions.hear(packet("answer", A)), undefined, "it was answered before");
  assert.equal(suspicions.silent([A, B]), 1, "only one was under suspicion still");
  assert.equal(suspicions.claimed(B), undefined, "its silence was counted");
  suspicions.raise(B);
  assert.equal(suspicions.claimed(B), "missing");
  assert.equal(suspicions.raise(B), true, "a new suspicion");
});

function packet(kind: "probe" | "answer", address: string): NeighborPacket {
  const [own, none, senderMac] = [
    parseIp(address),
    parseIp("0.0.0.0"),
    parseMac("02:00:00:00:00:01"),
  ];
  assert.ok(own !== undefined && none !== undefined && senderMac !== undefined);
  return kind === "probe"
    ? { operation: "request", senderMac, senderIp: none, targetIp: own }
    : { operation: "reply", senderMac, senderIp: own, targetIp: own };
}
