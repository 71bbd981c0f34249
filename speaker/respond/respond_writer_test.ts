import assert from "node:assert/strict";
import type { InterfaceAddress, Route } from "../../netlink/mod.ts";
import { systemClock } from "../../ops/clock.ts";
import { RespondWriter } from "./respond_writer.ts";
import type { Place } from "../ownership/table_action.ts";

const AT: Place = {
  key: "192.0.2.1",
  address: { family: "IPv4", value: 0xc0000201n },
  linkIndex: 2,
};
const BOUND: InterfaceAddress = {
  linkIndex: 2,
  address: AT.address,
  prefixLength: 32,
  scope: 0,
  flags: 0,
  label: undefined,
  proto: 0x4c,
  preferredSeconds: 0,
  validSeconds: 30,
};

Deno.test("a respond writer tells results in the order asked for, never in the same turn", async () => {
  const { writer, results } = create({ mayBind: true });
  writer.bind(AT);
  writer.renew(AT);
  writer.move();
  writer.unbind(AT);
  assert.deepEqual(results, []);
  await writer.idle();
  assert.deepEqual(results, ["bound", "renewed", "unbound"]);
});

Deno.test("a respond writer does not hold what may not be held any more", async () => {
  const { writer, results } = create({ mayBind: false });
  writer.bind(AT);
  await writer.idle();
  assert.deepEqual(results, ["bind-stale"]);
});

Deno.test("a respond writer takes out of the kernel what it goes on with", async () => {
  const { writer, results, deleted, logged } = create({ mayBind: true });
  writer.takeUp([{ at: AT, address: BOUND, isHeld: true, isDue: true }]);
  await writer.idle();
  assert.deepEqual([results, deleted, logged], [["renewed"], [BOUND], []]);
});

Deno.test("a respond writer that may not says so, and what to do", async () => {
  const { writer, logged } = create({ mayBind: true, refusal: new Error("EPERM") });
  writer.takeUp([{ at: AT, address: BOUND, isHeld: true, isDue: true }]);
  await writer.idle();
  assert.equal(logged.length, 1);
  assert.match(logged[0] ?? "", /boundAddressesStay.*192\.0\.2\.1.*ip address del/);
});

interface World {
  readonly writer: RespondWriter;
  readonly results: string[];
  readonly deleted: InterfaceAddress[];
  readonly logged: string[];
}

function create(
  { mayBind, refusal }: { readonly mayBind: boolean; readonly refusal?: Error },
): World {
  const results: string[] = [];
  const deleted: InterfaceAddress[] = [];
  const logged: string[] = [];
  const route: Route = {
    listLinks: () => Promise.resolve([]),
    listAddresses: () => Promise.resolve([]),
    replaceAddresses: () => assert.fail("nothing is bound"),
    moveAddresses: () => assert.fail("nothing is moved"),
    deleteAddresses: (addresses) => {
      deleted.push(...addresses);
      return Promise.resolve(addresses.map(() => refusal));
    },
    [Symbol.dispose]: () => {},
  };
  const writer = new RespondWriter({
    route,
    clock: systemClock,
    log: (level, event, fields) => logged.push(JSON.stringify([level, event, fields])),
    catchUp: () => {},
    mayWrite: () => mayBind,
    onResult: (_, { kind }) => results.push(kind),
  }, new AbortController().signal);
  return { writer, results, deleted, logged };
}
