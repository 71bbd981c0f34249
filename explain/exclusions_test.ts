import { deepEqual, match } from "node:assert/strict";
import type { Exclusion } from "../speaker/desired/exclusion.ts";
import { describeExclusion } from "./exclusions.ts";

const advertisements = ["a", "b"];
const interfaces = ["eth0", "eth1"];

const ROWS: readonly (readonly [Exclusion, string])[] = [
  [{ kind: "no-advertisement", pool: "lan" }, 'no advertisement covers pool "lan"'],
  [
    { kind: "service-not-selected", advertisements },
    'the Service selectors of "a", "b" do not select the Service',
  ],
  [{ kind: "not-selected", advertisements }, 'the node selectors of "a", "b" do not select it'],
  [
    { kind: "not-for-all-services", advertisements },
    'Services share the address, and "a", "b" is not for all of them here',
  ],
  [
    { kind: "excluded-by-label" },
    "it has the label node.kubernetes.io/exclude-from-external-load-balancers",
  ],
  [{ kind: "network-unavailable" }, "its condition NetworkUnavailable is True"],
  [{ kind: "cordoned" }, "it is cordoned"],
  [{ kind: "no-speaker" }, "no speaker runs there"],
  [
    { kind: "no-local-endpoint" },
    "externalTrafficPolicy is Local, and no endpoint that serves is there",
  ],
  [
    { kind: "endpoint-terminating" },
    "externalTrafficPolicy is Local, and its endpoints are terminating",
  ],
  [{ kind: "interface-missing", interfaces }, "it has no interface eth0, eth1"],
  [{ kind: "no-interface", interfaces }, "eth0, eth1: not on the address's subnet"],
  [{ kind: "no-interface", interfaces: [] }, "it has no interface to announce on"],
  [
    { kind: "interface-not-named", interfaces },
    "the address is link-local, and no advertisement names eth0, eth1",
  ],
  [{ kind: "no-ipv6", interfaces }, "eth0, eth1: no link-local IPv6 address"],
];

Deno.test("describeExclusion() says why, and what to do", () => {
  const described = ROWS.map(([exclusion]) => describeExclusion(exclusion));
  deepEqual(described.map(({ found }) => found), ROWS.map(([, found]) => found));
  for (const { cure } of described) match(cure, /^[a-z].*[^.]$/);
});
