import assert from "node:assert/strict";
import { describeRefusal, type Refusal } from "./capability.ts";

const RAW = 1n << 13n;
const ADMIN = 1n << 12n;

interface Row {
  readonly name: string;
  readonly refusal: Refusal;
  readonly want: string | undefined;
}

const OPEN = {
  errno: 1,
  needs: "CAP_NET_RAW",
  operation: "open-socket",
  isFiltered: undefined,
} as const;
const SET = { ...OPEN, needs: "CAP_NET_ADMIN", operation: "configure" } as const;
const FILTER = "the seccomp filter of this container or unit (seccompProfile RuntimeDefault lets " +
  "it pass, as does AF_PACKET in systemd's RestrictAddressFamilies)";
const FOREIGN = "a network namespace that belongs to another user namespace";
const MODULE = "a security module (AppArmor, SELinux)";
const IN_EFFECT = "CAP_NET_RAW is in effect, so it is";
const NO_FAMILY = "the kernel, or the sandbox in its place, has no AF_PACKET sockets";
const RAW_MISSING = "CAP_NET_RAW is missing (run as root, with NET_RAW in the container's " +
  "securityContext.capabilities)";

const ROWS: readonly Row[] = [
  { name: "EPERM without it", refusal: { ...OPEN, effective: ADMIN }, want: RAW_MISSING },
  { name: "EACCES without it", refusal: { ...OPEN, errno: 13, effective: 0n }, want: RAW_MISSING },
  {
    name: "EPERM with it",
    refusal: { ...OPEN, effective: RAW },
    want: `${IN_EFFECT} ${FILTER}, or ${FOREIGN}`,
  },
  {
    name: "EPERM with it and a filter",
    refusal: { ...OPEN, effective: RAW, isFiltered: true },
    want: `${IN_EFFECT} ${FILTER}, or ${FOREIGN}`,
  },
  {
    name: "EPERM with it and no filter",
    refusal: { ...OPEN, effective: RAW, isFiltered: false },
    want: `${IN_EFFECT} ${FOREIGN}`,
  },
  {
    name: "EACCES with it and a filter",
    refusal: { ...OPEN, errno: 13, effective: RAW, isFiltered: true },
    want: `${IN_EFFECT} ${FILTER}, or ${MODULE}`,
  },
  {
    name: "EACCES with it and no filter",
    refusal: { ...OPEN, errno: 13, effective: RAW, isFiltered: false },
    want: `${IN_EFFECT} ${MODULE}`,
  },
  {
    name: "a filter, and the capability is missing",
    refusal: { ...OPEN, effective: ADMIN, isFiltered: true },
    want: RAW_MISSING,
  },
  {
    name: "not known whether",
    refusal: { ...OPEN, effective: undefined },
    want: "CAP_NET_RAW is probably missing",
  },
  {
    name: "no such family",
    refusal: { ...OPEN, errno: 97, effective: RAW },
    want: `${NO_FAMILY}, or it is ${FILTER}`,
  },
  {
    name: "no such family, with a filter",
    refusal: { ...OPEN, errno: 97, effective: RAW, isFiltered: true },
    want: FILTER,
  },
  {
    name: "no such family, without a filter",
    refusal: { ...OPEN, errno: 97, effective: RAW, isFiltered: false },
    want: NO_FAMILY,
  },
  {
    name: "no netlink, with a filter",
    refusal: { ...SET, operation: "open-socket", errno: 97, effective: RAW, isFiltered: true },
    want: FILTER.replace("AF_PACKET", "AF_NETLINK"),
  },
  {
    name: "a change without it",
    refusal: { ...SET, effective: RAW },
    want: "CAP_NET_ADMIN is missing (run as root, with NET_ADMIN in the container's " +
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
