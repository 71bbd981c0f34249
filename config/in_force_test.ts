import assert from "node:assert/strict";
import { parseIp } from "../ip/address.ts";
import { type AddressInUse, type InForce, nextInForce } from "./in_force.ts";
import { inputOf, layer2Pools, type Objects, resource } from "./testing.ts";

interface Step {
  readonly name: string;
  readonly objects: Objects;
  /** `service address` */
  readonly inUse?: readonly string[];
  /** Names of the pools in force; `undefined`: no configuration. */
  readonly pools: readonly string[] | undefined;
  /** Of the rejection; absent: not stale. */
  readonly rejected?: { readonly kind: string; readonly message: string };
}

const LAN = layer2Pools({ lan: ["192.168.0.200-192.168.0.250"] });
const SMALL = layer2Pools({ lan: ["192.168.0.240-192.168.0.250"] });
const RENAMED = layer2Pools({ a: ["192.168.0.200/32"], b: ["192.168.0.201-192.168.0.250"] });
const BROKEN = "address-pools: [{ name: lan }]";
const CR = resource("wan", { addresses: ["10.0.0.0/24"] });
const SMALL_CR = resource("wan", { addresses: ["10.0.0.128/25"] });
const GONE = "ConfigMap metallb-system/config is gone: its pools stay in force";
const BROKEN_SAYS =
  'Cannot use pool "lan": need at least one entry in "addresses", have none (and 1 more)';

const orphans = (named: string): string =>
  `Cannot use the changed ConfigMap: no pool has the addresses in use by ${named}; ` +
  "the previous configuration stays in force";

const STORIES: Readonly<Record<string, readonly Step[]>> = {
  "nothing at all": [
    { name: "is no fault", objects: {}, pools: undefined },
    {
      name: "an advertisement alone is still nothing",
      objects: { l2Advertisements: [resource("all", {})] },
      pools: undefined,
    },
    { name: "then a ConfigMap", objects: { configMap: LAN }, pools: ["lan"] },
  ],
  "an empty ConfigMap": [
    { name: "is a configuration without pools", objects: { configMap: "" }, pools: [] },
    { name: "and can be filled", objects: { configMap: LAN }, pools: ["lan"] },
    { name: "and emptied while nothing is in use", objects: { configMap: "" }, pools: [] },
  ],
  "an error": [
    {
      name: "from the start leaves nothing in force",
      objects: { configMap: BROKEN },
      pools: undefined,
      rejected: { kind: "invalid", message: BROKEN_SAYS },
    },
    { name: "is mended", objects: { configMap: LAN }, pools: ["lan"] },
    {
      name: "later leaves the previous in force",
      objects: { configMap: BROKEN },
      pools: ["lan"],
      rejected: { kind: "invalid", message: BROKEN_SAYS },
    },
    {
      name: "in a custom resource rejects all of the new",
      objects: { configMap: RENAMED, pools: [resource("wan", { addresses: [] })] },
      pools: ["lan"],
      rejected: {
        kind: "invalid",
        message: 'Cannot use pool "wan": need at least one entry in "addresses", have none',
      },
    },
    {
      name: "is mended again",
      objects: { configMap: RENAMED, pools: [CR] },
      pools: ["a", "b", "wan"],
    },
  ],
  "a deleted ConfigMap": [
    { name: "is there first", objects: { configMap: LAN }, pools: ["lan"] },
    {
      name: "takes nothing from anyone",
      objects: {},
      pools: ["lan"],
      rejected: { kind: "gone", message: GONE },
    },
    {
      name: "however often one looks",
      objects: {},
      inUse: ["web/a 192.168.0.200"],
      pools: ["lan"],
      rejected: { kind: "gone", message: GONE },
    },
    { name: "comes back", objects: { configMap: LAN }, pools: ["lan"] },
    {
      name: "is joined by an IPAddressPool",
      objects: { configMap: LAN, pools: [CR] },
      pools: ["lan", "wan"],
    },
    {
      name: "stays while an IPAddressPool does not have its addresses in use",
      objects: { pools: [CR] },
      inUse: ["web/a 192.168.0.200", "web/b 10.0.0.1", "web/c 10.9.9.9"],
      pools: ["lan", "wan"],
      rejected: {
        kind: "in-use",
        message: orphans("web/a (192.168.0.200)")
          .replace("Cannot use the changed ConfigMap", "Cannot let the ConfigMap go"),
      },
    },
    {
      name: "goes when IPAddressPools have them, also by the same name",
      objects: { pools: [CR, resource("lan", { addresses: ["192.168.0.0/24"] })] },
      inUse: ["web/a 192.168.0.200", "web/b 10.0.0.1", "web/c 10.9.9.9"],
      pools: ["lan", "wan"],
    },
    {
      name: "is past then",
      objects: { pools: [CR] },
      inUse: ["web/a 192.168.0.200"],
      pools: ["wan"],
    },
  ],
  "a deleted ConfigMap that never was valid": [
    {
      name: "is there first",
      objects: { configMap: BROKEN },
      pools: undefined,
      rejected: { kind: "invalid", message: BROKEN_SAYS },
    },
    { name: "leaves nothing to keep", objects: {}, pools: undefined },
  ],
  "a changed ConfigMap": [
    {
      name: "at the start may leave addresses out",
      objects: { configMap: SMALL },
      inUse: ["web/a 192.168.0.200"],
      pools: ["lan"],
    },
    {
      name: "may grow",
      objects: { configMap: LAN },
      inUse: ["web/a 192.168.0.200"],
      pools: ["lan"],
    },
    {
      name: "is refused when an address in use has no pool any more",
      objects: { configMap: SMALL },
      inUse: ["web/a 192.168.0.200", "web/b 192.168.0.245", "web/c 10.9.9.9"],
      pools: ["lan"],
      rejected: { kind: "in-use", message: orphans("web/a (192.168.0.200)") },
    },
    {
      name: "comes into force when the address is free",
      objects: { configMap: SMALL },
      inUse: ["web/b 192.168.0.245"],
      pools: ["lan"],
    },
    { name: "grows again", objects: { configMap: LAN }, pools: ["lan"] },
    {
      name: "may rename and split pools",
      objects: { configMap: RENAMED },
      inUse: ["web/a 192.168.0.200", "web/b 192.168.0.245"],
      pools: ["a", "b"],
    },
    {
      name: "may hand an address over to an IPAddressPool",
      objects: {
        configMap: layer2Pools({ b: ["192.168.0.201-192.168.0.250"] }),
        pools: [resource("new", { addresses: ["192.168.0.200/32"] })],
      },
      inUse: ["web/a 192.168.0.200"],
      pools: ["b", "new"],
    },
  ],
  "many Services": [
    { name: "have addresses", objects: { configMap: LAN }, pools: ["lan"] },
    {
      name: "are named, five of them",
      objects: { configMap: "" },
      inUse: [6, 5, 4, 3, 2, 1, 0].map((n) => `web/s${n} 192.168.0.20${n}`),
      pools: ["lan"],
      rejected: {
        kind: "in-use",
        message: orphans(
          [0, 1, 2, 3, 4].map((n) => `web/s${n} (192.168.0.20${n})`).join(", ") + " and 2 more",
        ),
      },
    },
  ],
  "addresses that a pool now avoids": [
    {
      name: "are in use",
      objects: { configMap: layer2Pools({ lan: ["10.1.0.0/24"] }) },
      pools: ["lan"],
    },
    {
      name: "count as left out, as in MetalLB",
      objects: {
        configMap:
          "address-pools: [{ name: lan, protocol: layer2, addresses: [10.1.0.0/24], avoid-buggy-ips: true }]",
      },
      inUse: ["web/a 10.1.0.0", "web/b 10.1.0.1"],
      pools: ["lan"],
      rejected: { kind: "in-use", message: orphans("web/a (10.1.0.0)") },
    },
  ],
  "changed IPAddressPools": [
    { name: "are there first", objects: { configMap: LAN, pools: [CR] }, pools: ["lan", "wan"] },
    {
      name: "are taken over whatever is in use",
      objects: { configMap: LAN, pools: [SMALL_CR] },
      inUse: ["web/a 10.0.0.1"],
      pools: ["lan", "wan"],
    },
    {
      name: "all deleted beside a ConfigMap",
      objects: { configMap: LAN },
      inUse: ["web/a 10.0.0.200"],
      pools: ["lan"],
    },
  ],
  "the last IPAddressPool": [
    { name: "is there first", objects: { pools: [CR] }, pools: ["wan"] },
    { name: "deleted leaves no pool", objects: {}, inUse: ["web/a 10.0.0.1"], pools: [] },
    { name: "however often one looks", objects: {}, pools: [] },
  ],
};

Deno.test("nextInForce() decides what holds after each change", async (t) => {
  for (const [story, steps] of Object.entries(STORIES)) {
    await t.step(story, async (t) => {
      let state: InForce | undefined;
      for (const step of steps) {
        await t.step(step.name, () => {
          state = nextInForce(state, inputOf(step.objects), (step.inUse ?? []).map(use));
          assert.deepEqual(state.config?.pools.map(({ name }) => name), step.pools);
          assert.deepEqual(state.rejected, step.rejected);
          assert.equal(state.isStale, step.rejected !== undefined);
          const message = step.rejected?.message;
          if (step.rejected?.kind !== "invalid" && message !== undefined) {
            assert.ok(state.problems.some((problem) => problem.message === message));
          }
        });
      }
    });
  }
});

Deno.test("nextInForce() gives the same Config while the objects stay the same", () => {
  const objects = { configMap: LAN, pools: [CR], l2Advertisements: [] };
  const first = nextInForce(undefined, inputOf(objects), []);
  const second = nextInForce(first, inputOf(objects), [use("web/a 192.168.0.200")]);
  assert.equal(second.config, first.config);
  assert.equal(second.accepted, first.accepted);
  const broken = nextInForce(second, inputOf({ configMap: BROKEN }), []);
  assert.equal(broken.config, first.config);
});

function use(text: string): AddressInUse {
  const [service = "", written = ""] = text.split(" ");
  const address = parseIp(written);
  assert.ok(address !== undefined);
  return { service, address };
}
