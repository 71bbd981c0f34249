import assert from "node:assert/strict";
import { equalIp, formatIp, type IpAddress, parseIp } from "../ip/address.ts";
import { IFA_F_NODAD, IFA_F_NOPREFIXROUTE, RT_SCOPE_UNIVERSE } from "./constants.ts";
import { NetlinkError } from "./errors.ts";
import type { InterfaceAddress, Route } from "./types.ts";

/** Where a case runs: on the fake kernel or the real one. */
export interface ContractWorld {
  readonly route: Route;
  /** A link that is up, with a MAC, named `contract0` and without addresses of the documentation prefixes. */
  readonly linkIndex: number;
}

/** One thing that every `Route` must do. It leaves the link as it found it. */
export interface ContractCase {
  readonly name: string;
  readonly run: (world: ContractWorld, signal: AbortSignal) => Promise<void>;
}

/** No link has this index. */
const NO_LINK = 999_999;

export const ROUTE_CONTRACT: readonly ContractCase[] = [
  {
    name: "lists the link with its name, MAC and state",
    run: async ({ route, linkIndex }, signal) => {
      const link = (await route.listLinks(signal)).find(({ index }) => index === linkIndex);
      assert.equal(link?.name, "contract0");
      assert.match(link?.mac ?? "", /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/);
      assert.deepEqual(
        [link?.isUp, link?.hasCarrier, link?.isLoopback, link?.canBroadcast, link?.isNoArp],
        [true, true, false, true, false],
      );
      assert.equal(link?.kind, "veth");
    },
  },
  {
    name: "adds an IPv4 address with lifetimes, flags, label and owner",
    run: async ({ route, linkIndex }, signal) => {
      const wanted = address(linkIndex, "192.0.2.1");
      assert.deepEqual(await route.replaceAddresses([wanted], signal), [undefined]);
      const found = await find(route, wanted, signal);
      assert.equal(found?.label, "contract0:vip");
      assertIsSet(found, wanted);
      await route.deleteAddresses([wanted], signal);
    },
  },
  {
    name: "adds an IPv6 address, which has no label",
    run: async ({ route, linkIndex }, signal) => {
      const wanted = address(linkIndex, "2001:db8::1");
      assert.deepEqual(await route.replaceAddresses([wanted], signal), [undefined]);
      const found = await find(route, wanted, signal);
      assert.equal(found?.label, undefined);
      assertIsSet(found, wanted);
      await route.deleteAddresses([wanted], signal);
    },
  },
  {
    name: "adds an address for ever",
    run: async ({ route, linkIndex }, signal) => {
      const wanted = address(linkIndex, "192.0.2.2", {
        preferredSeconds: "forever",
        validSeconds: "forever",
      });
      assert.deepEqual(await route.replaceAddresses([wanted], signal), [undefined]);
      const found = await find(route, wanted, signal);
      assert.deepEqual([found?.preferredSeconds, found?.validSeconds], ["forever", "forever"]);
      await route.deleteAddresses([wanted], signal);
    },
  },
  {
    name: "renews an address in place",
    run: async ({ route, linkIndex }, signal) => {
      for (const ip of ["192.0.2.3", "2001:db8::3"]) {
        const wanted = address(linkIndex, ip);
        await route.replaceAddresses([wanted], signal);
        const renewed = { ...wanted, validSeconds: 600, proto: 78, label: "contract0:new" };
        await route.replaceAddresses([renewed], signal);
        const found = (await route.listAddresses(signal)).filter((other) => isAt(other, wanted));
        assert.equal(found.length, 1);
        assertSeconds(found[0]?.validSeconds, 600);
        assert.ok(found[0]?.proto === 78 || found[0]?.proto === 0);
        assert.equal(found[0]?.label, ip.includes(":") ? undefined : "contract0:vip");
        await route.deleteAddresses([wanted], signal);
      }
    },
  },
  {
    name: "tells each outcome of a batch in its place",
    run: async ({ route, linkIndex }, signal) => {
      const good = address(linkIndex, "192.0.2.4");
      const elsewhere = address(NO_LINK, "192.0.2.5");
      const dead = address(linkIndex, "192.0.2.6", { validSeconds: 0 });
      const outcomes = await route.replaceAddresses([good, elsewhere, dead, good], signal);
      assert.deepEqual(outcomes.map(codeOf), [undefined, "ENODEV", "EINVAL", undefined]);
      assert.match(
        outcomes[1]?.message ?? "",
        /^Cannot set address "192\.0\.2\.5\/32" of link 999999/,
      );
      assert.match(outcomes[2]?.message ?? "", /address lifetime invalid/);
      await route.deleteAddresses([good], signal);
    },
  },
  {
    name: "takes the deletion of what is not there as done",
    run: async ({ route, linkIndex }, signal) => {
      const wanted = ["192.0.2.7", "2001:db8::7"].map((ip) => address(linkIndex, ip));
      await route.replaceAddresses(wanted, signal);
      const doubled = [...wanted, ...wanted, address(NO_LINK, "192.0.2.7")];
      assert.deepEqual((await route.deleteAddresses(doubled, signal)).map(codeOf), [
        ...new Array(5).fill(undefined),
      ]);
      assert.equal(await find(route, address(linkIndex, "192.0.2.7"), signal), undefined);
    },
  },
  {
    name: "moves IPv4 addresses to the end of the list",
    run: async ({ route, linkIndex }, signal) => {
      const [a, b, c] = ["192.0.2.8", "192.0.2.9", "192.0.2.10"].map((ip) =>
        address(linkIndex, ip)
      );
      assert.ok(a && b && c);
      await route.replaceAddresses([a, b, c], signal);
      assert.deepEqual(await route.moveAddresses([a, b], signal), [undefined, undefined]);
      const all = await route.listAddresses(signal);
      const listed = all.filter((found) => [a, b, c].some((wanted) => isAt(found, wanted)));
      assert.deepEqual(
        listed.map(({ address, prefixLength }) => [formatIp(address), prefixLength]),
        [["192.0.2.10", 32], ["192.0.2.8", 32], ["192.0.2.9", 32]],
      );
      const elsewhere = address(NO_LINK, "192.0.2.8");
      const outcomes = await route.moveAddresses([elsewhere, c], signal);
      assert.deepEqual(outcomes.map(codeOf), ["ENODEV", undefined]);
      await route.deleteAddresses([a, b, c], signal);
    },
  },
  {
    name: "works off batches of any size",
    run: async ({ route, linkIndex }, signal) => {
      assert.deepEqual(await route.replaceAddresses([], signal), []);
      const first = address(linkIndex, "198.51.100.0");
      const many = Array.from({ length: 200 }, (_, i) => ({
        ...first,
        address: { ...first.address, value: first.address.value + BigInt(i) },
      }));
      const isOk = (outcomes: readonly unknown[]): boolean =>
        outcomes.length === 200 && outcomes.every((outcome) => outcome === undefined);
      assert.ok(isOk(await route.replaceAddresses(many, signal)));
      const listed = await route.listAddresses(signal);
      assert.equal(listed.filter((a) => many.some((wanted) => isAt(a, wanted))).length, 200);
      assert.ok(isOk(await route.deleteAddresses(many, signal)));
      assert.equal(await find(route, first, signal), undefined);
    },
  },
  {
    name: "keeps requests made at once apart",
    run: async ({ route, linkIndex }, signal) => {
      const wanted = ["192.0.2.8", "192.0.2.9"].map((ip) => address(linkIndex, ip));
      const [links, added, addresses, removed] = await Promise.all([
        route.listLinks(signal),
        route.replaceAddresses(wanted, signal),
        route.listAddresses(signal),
        route.deleteAddresses(wanted, signal),
      ]);
      assert.ok(links.some(({ index }) => index === linkIndex));
      assert.deepEqual([...added, ...removed], new Array(4).fill(undefined));
      assert.equal(addresses.filter((a) => wanted.some((other) => isAt(a, other))).length, 2);
    },
  },
  {
    name: "gives up with the signal's reason, and works on",
    run: async ({ route, linkIndex }, signal) => {
      const stop = new AbortController();
      const reason = new Error("stop");
      const many = new Array(50).fill(address(linkIndex, "192.0.2.10"));
      const cut = route.replaceAddresses(many, stop.signal);
      queueMicrotask(() => stop.abort(reason));
      await assert.rejects(cut, reason);
      await assert.rejects(route.listLinks(stop.signal), reason);
      assert.deepEqual(await route.deleteAddresses([many[0]], signal), [undefined]);
      assert.ok((await route.listLinks(signal)).length > 0);
    },
  },
  {
    name: "refuses what cannot be written, and works on",
    run: async ({ route, linkIndex }, signal) => {
      const bad = address(linkIndex, "192.0.2.11", { label: "contract0:too-long" });
      await assert.rejects(
        route.replaceAddresses([bad], signal),
        new RangeError(
          'Cannot encode label: want at most 15 characters, found "contract0:too-long"',
        ),
      );
      assert.ok((await route.listLinks(signal)).length > 0);
    },
  },
];

function address(
  linkIndex: number,
  ip: string,
  more: Partial<InterfaceAddress> = {},
): InterfaceAddress {
  const isIpv4 = !ip.includes(":");
  return {
    linkIndex,
    address: ipOf(ip),
    prefixLength: isIpv4 ? 32 : 128,
    scope: RT_SCOPE_UNIVERSE,
    flags: IFA_F_NOPREFIXROUTE | (isIpv4 ? 0 : IFA_F_NODAD),
    label: "contract0:vip",
    proto: 77,
    preferredSeconds: 0,
    validSeconds: 300,
    ...more,
  };
}

function ipOf(text: string): IpAddress {
  const ip = parseIp(text);
  if (ip === undefined) throw new SyntaxError(`Cannot parse address: found "${text}"`);
  return ip;
}

async function find(
  route: Route,
  wanted: InterfaceAddress,
  signal: AbortSignal,
): Promise<InterfaceAddress | undefined> {
  return (await route.listAddresses(signal)).find((other) => isAt(other, wanted));
}

function isAt(a: InterfaceAddress, b: InterfaceAddress): boolean {
  return a.linkIndex === b.linkIndex && equalIp(a.address, b.address);
}

function assertIsSet(found: InterfaceAddress | undefined, wanted: InterfaceAddress): void {
  assert.equal(found?.prefixLength, wanted.prefixLength);
  assert.equal(found?.scope, wanted.scope);
  assert.equal((found?.flags ?? 0) & wanted.flags, wanted.flags);
  // Kernels before 5.18 keep no owner.
  assert.ok(found?.proto === wanted.proto || found?.proto === 0);
  assert.equal(found?.preferredSeconds, wanted.preferredSeconds);
  assertSeconds(found?.validSeconds, 300);
}

/** Lifetimes are counted down: a slow machine may be a little late. */
function assertSeconds(found: number | "forever" | undefined, wanted: number): void {
  assert.ok(
    typeof found === "number" && found <= wanted && found > wanted - 60,
    `want about ${wanted} s, found ${found}`,
  );
}

function codeOf(outcome: Error | undefined): string | undefined {
  return outcome instanceof NetlinkError ? outcome.code : outcome?.message;
}
