import { serviceOf, type ServiceSpec } from "../../controller/testing.ts";
import type { Service } from "../../kube/types.ts";
import { type Change, DUAL, LAN, LAST, PREFER, REQUIRE, SINGLE } from "./changes.ts";

function shared(spec: ServiceSpec, port: number): Service {
  const annotations = { "metallb.io/allow-shared-ip": "k", ...spec.annotations };
  return serviceOf({ ...spec, annotations, ports: [{ protocol: "TCP", port }] });
}

/** The terms of sharing change. */
export const SHARING_ROWS: readonly Change[] = [
  {
    name: "ports change without a clash",
    config: LAN,
    services: [shared({ name: "x" }, 80), shared({ name: "y" }, 81)],
    edits: { x: { ports: [{ protocol: "TCP", port: 82 }] } },
    want: { x: "10.0.0.1 lan", y: "10.0.0.1 lan" },
  },
  {
    name: "a port becomes free for the one that waits",
    config: LAST,
    services: [shared({ name: "x" }, 80), shared({ name: "y", age: 1 }, 80)],
    edits: { x: { ports: [{ protocol: "TCP", port: 82 }] } },
    want: { x: "10.0.0.1 lan", y: "10.0.0.1 lan" },
    told: ["IPAllocated: 10.0.0.1"],
  },
  {
    name: "policy Local of the only user",
    config: LAN,
    services: [shared({ name: "x" }, 80)],
    edits: { x: { externalTrafficPolicy: "Local" } },
    want: { x: "10.0.0.1 lan" },
  },
  {
    name: "a key is given to the one in use and the one that waits",
    config: LAST,
    services: [serviceOf({ name: "x" }), shared({ name: "y", age: 1 }, 81)],
    edits: { x: { annotations: { "metallb.io/allow-shared-ip": "k" } } },
    want: { x: "10.0.0.1 lan", y: "10.0.0.1 lan" },
    told: ["IPAllocated: 10.0.0.1"],
  },
  {
    name: "with policy Local a selector becomes the same",
    config: LAST,
    services: [
      shared({ name: "x", externalTrafficPolicy: "Local", selector: { app: "a" } }, 80),
      shared({ name: "y", age: 1, externalTrafficPolicy: "Local", selector: { app: "b" } }, 81),
    ],
    edits: { y: { selector: { app: "a" } } },
    want: { x: "10.0.0.1 lan", y: "10.0.0.1 lan" },
    told: ["IPAllocated: 10.0.0.1"],
  },
  {
    name: "two families are shared, each by itself",
    config: DUAL,
    services: [
      shared({ name: "x", ...PREFER }, 80),
      shared({ name: "y", age: 1, ...PREFER, ...REQUIRE }, 81),
      shared({ name: "z", age: 2, ...SINGLE }, 82),
    ],
    want: { x: "10.0.0.1,fd00::1 dual", y: "10.0.0.1,fd00::1 dual", z: "10.0.0.1 dual" },
  },
  {
    name: "of two shared families both have to be free of clashes",
    config: DUAL,
    services: [
      shared({ name: "x", ipFamilies: ["IPv6"] }, 80),
      shared({ name: "y", age: 1, ...REQUIRE }, 80),
    ],
    want: { x: "fd00::1 dual", y: "10.0.0.1,fd00::2 dual" },
  },
];
