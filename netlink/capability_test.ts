import assert from "node:assert/strict";
import { describeRefusal, type Refusal } from "./capability.ts";

const RAW = 1n << 13n;
const ADMIN = 1n << 12n;

interface Row {
  readonly name: string;
  readonly refusal: Refusal;
  readonly want: string | undefined;
}

const OPEN = { errno: 1, needs: "CAP_NET_RAW", operation: "open-socket" } as const;
const SET = { errno: 1, needs: "CAP_NET_ADMIN", operation: "configure" } as const;
const RAW_MISSING = "CAP_NET_RAW is missing (run as root, or add NET_RAW to the container's " +
  "securityContext.capabilities)";

const ROWS: readonly Row[] = [
  { name: "EPERM without it", refusal: { ...OPEN, effective: ADMIN }, want: RAW_MISSING },
  { name: "EACCES without it", refusal: { ...OPEN, errno: 13, effective: 0n }, want: RAW_MISSING },
  {
    name: "EPERM with it",
    refusal: { ...OPEN, effective: RAW },
    want: "CAP_NET_RAW is in effect, so this may be the container's seccomp profile, or a " +
      "network namespace that belongs to another user namespace",
  },
  {
    name: "not known whether",
    refusal: { ...OPEN, effective: undefined },
    want: "CAP_NET_RAW is probably missing",
  },
  {
    name: "no such family",
    refusal: { ...OPEN, errno: 97, effective: RAW },
    want: "the kernel lacks this socket family, or the container's seccomp profile forbids it",
  },
  {
    name: "a change without it",
    refusal: { ...SET, effective: RAW },
    want: "CAP_NET_ADMIN is missing (run as root, or add NET_ADMIN to the container's " +
      "securityContext.capabilities)",
  },
  {
    name: "a change with it",
    refusal: { ...SET, effective: ADMIN | RAW },
    want: "CAP_NET_ADMIN is in effect, but perhaps not for the user namespace that owns this " +
      "network namespace",
  },
  { name: "another error", refusal: { ...OPEN, errno: 19, effective: 0n }, want: undefined },
  { name: "a change of no family", refusal: { ...SET, errno: 97, effective: 0n }, want: undefined },
];

Deno.test("describeRefusal() says what is missing", async (t) => {
  for (const { name, refusal, want } of ROWS) {
    await t.step(name, () => assert.equal(describeRefusal(refusal), want));
  }
});
