import assert from "node:assert/strict";
import { parseIp } from "../../ip/address.ts";
import { parseMac } from "../../ip/mac.ts";
import type { DesiredAndNot } from "../desired/desired.ts";
import { History } from "./history.ts";
import { formatOwnership, type OwnershipViewInput } from "./history_view.ts";
import { RankStanding } from "../ownership/standing.ts";

const [N2, STRANGER] = [mac("02:00:00:00:00:02"), mac("02:00:00:00:00:99")];
const C = { apiVersion: "v1", kind: "Service", namespace: "default", name: "c", uid: "3" };
const NOW_WALL = Date.parse("2026-01-02T03:04:05Z");

Deno.test("formatOwnership() shows what is held, by whom else, why not, and what became of it", () => {
  const history = new History();
  history.note("192.168.0.200", { kind: "holder-silent", mac: N2, node: "n2" }, 8_000);
  history.note("192.168.0.200", { kind: "claimed" }, 8_050);
  history.note("192.168.0.201", { kind: "conflict", mac: STRANGER, outcome: "not-claimed" }, 1_000);
  history.note("192.168.0.201", { kind: "conflict", mac: STRANGER, outcome: "not-claimed" }, 9_000);
  const view = show({
    history,
    desired: {
      claimable: new Map([claimable("192.168.0.200", "a"), claimable("192.168.0.201", "b")]),
      notHere: new Map([
        ["192.168.0.202", { why: { kind: "no-carrier", interfaces: ["eth0"] }, services: [C] }],
      ]),
      assigned: new Set(),
      nodeOfMac: new Map([[N2, "n2"]]),
    },
    stateOf: (address) =>
      address === "192.168.0.200"
        ? { kind: "held", since: 8_050, renewedAt: 8_050, defendedAt: undefined }
        : address === "192.168.0.201"
        ? { kind: "occupied", by: { mac: STRANGER, node: undefined } }
        : undefined,
  });
  assert.deepEqual(view, {
    node: "n1",
    at: "2026-01-02T03:04:05.000Z",
    addresses: [
      {
        address: "192.168.0.200",
        services: ["default/a"],
        state: "held",
        announcedSince: "2026-01-02T03:04:03.050Z",
        history: [
          { at: "2026-01-02T03:04:03.000Z", event: "holder-silent", mac: N2, node: "n2" },
          { at: "2026-01-02T03:04:03.050Z", event: "claimed" },
        ],
      },
      {
        address: "192.168.0.201",
        services: ["default/b"],
        state: "occupied",
        holder: { mac: STRANGER },
        history: [{
          at: "2026-01-02T03:03:56.000Z",
          event: "conflict",
          mac: STRANGER,
          outcome: "not-claimed",
          times: 2,
          lastAt: "2026-01-02T03:04:04.000Z",
        }],
      },
      {
        address: "192.168.0.202",
        services: ["default/c"],
        state: "none",
        notEligible: "no-carrier",
        history: [],
      },
    ],
  });
});

Deno.test("formatOwnership() is JSON in pieces, whatever the number of addresses", async (t) => {
  for (const count of [0, 1, 9, 10, 11, 20, 1_234]) {
    await t.step(`${count}`, () => {
      const history = new History();
      const names = Array.from({ length: count }, (_, n) => `10.0.${n >> 8}.${n & 255}`);
      for (const name of names) history.note(name, { kind: "claimed" }, 0);
      const { addresses } = show({ history });
      assert.deepEqual(addresses.map(({ address }) => address), names);
    });
  }
});

function show(
  input: Pick<OwnershipViewInput, "history"> & Partial<OwnershipViewInput>,
): { readonly addresses: readonly { readonly address: string }[] } {
  const pieces = formatOwnership({
    node: "n1",
    desired: undefined,
    stateOf: () => undefined,
    now: 10_000,
    nowWall: NOW_WALL,
    ...input,
  });
  return JSON.parse([...pieces].join(""));
}

function claimable(
  key: string,
  name: string,
): [string, NonNullable<ReturnType<DesiredAndNot["claimable"]["get"]>>] {
  const address = parseIp(key);
  assert.ok(address !== undefined);
  const about = { apiVersion: "v1", kind: "Service", namespace: "default", name, uid: name };
  const standing = new RankStanding({ node: "n1", key }, []);
  return [key, { key, address, linkIndex: 2, eligible: [], standing, services: [about] }];
}

function mac(text: string): NonNullable<ReturnType<typeof parseMac>> {
  const parsed = parseMac(text);
  assert.ok(parsed !== undefined);
  return parsed;
}
