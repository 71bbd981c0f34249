import assert from "node:assert/strict";
import { parsePart, type Part } from "./part.ts";

const parts: readonly Part[] = [
  {
    kind: "relay",
    from: { kind: "tcp", hostname: "192.168.0.1", port: 6443 },
    to: { kind: "unix", path: "/tmp/api.sock" },
  },
  { kind: "witness", address: "192.168.0.200" },
  { kind: "controllers", kubeconfig: "/tmp/kubeconfig" },
  {
    kind: "node",
    kubeconfig: "/tmp/kubeconfig",
    nodeName: "n1",
    address: "192.168.0.11",
    podCidr: "10.244.1.0/24",
  },
  { kind: "fetch", url: "http://192.168.0.200", limitMs: 1000 },
];

Deno.test("parsePart() reads what JSON.stringify wrote", async (t) => {
  for (const part of parts) {
    await t.step(part.kind, () => assert.deepEqual(parsePart(JSON.stringify(part)), part));
  }
});

Deno.test("parsePart() refuses what is no part, and says what is missing", () => {
  assert.throws(() => parsePart('{"kind":"king"}'), SyntaxError);
  assert.throws(() => parsePart('{"kind":"witness"}'), /"address" is missing/);
});
