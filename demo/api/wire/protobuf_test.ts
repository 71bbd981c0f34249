import { deepEqual, equal, throws } from "node:assert/strict";
import { decodeProtobuf } from "./protobuf.ts";

/** A Deployment as `kubectl create deployment d --image=i --port=80` would send it, shortened. */
const DEPLOYMENT = [
  "6b387300", // "k8s", 0
  "0a15", // 1: type, 21 bytes
  "0a07" + hex("apps/v1"), // 1: apiVersion
  "120a" + hex("Deployment"), // 2: kind
  "1228", // 2: raw, 40 bytes
  "0a07", // 1: metadata, 7 bytes
  "0a0164", // 1: name "d"
  "1a00", // 3: namespace ""
  "4200", // 8: creationTimestamp, empty
  "121d", // 2: spec, 29 bytes
  "0800", // 1: replicas 0, a pointer: zero counts
  "120a", // 2: selector, 10 bytes
  "0a08" + "0a03" + hex("app") + "120164", // 1: matchLabels, {"app": "d"}
  "1a0b", // 3: template, 11 bytes
  "1209", // 2: spec
  "1207", // 2: container, 7 bytes
  "12016a", // 2: image "j"
  "32021850", // 6: port: 3: containerPort 80
  "22 00".replaceAll(" ", ""), // 4: strategy, empty
  "1a00", // 3: status, empty and unknown here
].join("");

function hex(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

Deno.test("decodeProtobuf() reads what kubectl create sends", () => {
  deepEqual(decodeProtobuf(bytesOf(DEPLOYMENT)), {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "d" },
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: "d" } },
      template: { spec: { containers: [{ image: "j", ports: [{ containerPort: 80 }] }] } },
    },
  });
});

Deno.test("decodeProtobuf() knows no other kinds, and refuses other bytes", () => {
  const job = "6b3873000a100a08" + hex("batch/v1") + "1204" + hex("Job!") + "1200";
  equal(decodeProtobuf(bytesOf(job)), undefined);
  throws(() => decodeProtobuf(bytesOf("7b7d")), /want the prefix of Kubernetes' protobuf/);
  throws(() => decodeProtobuf(bytesOf("6b3873000a20")), /need 32 bytes, have 0/);
  throws(() => decodeProtobuf(bytesOf("6b387300ffffffffffffffffffffff")), /cut off or too long/);
});
