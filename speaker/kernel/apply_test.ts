import assert from "node:assert/strict";
import { Registry } from "prom-client";
import { formatIp } from "../../ip/address.ts";
import type { InterfaceAddress, Route } from "../../netlink/mod.ts";
import { KernelWriter } from "./apply.ts";
import { SpeakerMetrics } from "../told/metrics.ts";
import type { KernelEvent } from "../ownership/table_entry.ts";
import { DEFAULT_TIMINGS } from "../ownership/timings.ts";
import { PLACE, VIP } from "../../tests/ownership/stage.ts";

/** A writer over a kernel that says yes to everything. */
interface Stage {
  readonly writer: KernelWriter;
  /** What was asked of the kernel, in order, and what else happened. */
  readonly happened: readonly string[];
  readonly results: readonly KernelEvent[];
}

interface StageOptions {
  readonly mayWrite?: () => boolean;
  readonly catchUp?: () => void;
  readonly now?: () => number;
}

Deno.test("KernelWriter reads what was heard before it binds, and binds nothing that is lost by then", async () => {
  let isMine = true;
  const { writer, happened, results } = stage({
    catchUp: () => isMine = false,
    mayWrite: () => isMine,
  });
  writer.bind(PLACE);
  await writer.idle();
  assert.deepEqual(happened, ["catch up"]);
  assert.deepEqual(results, [{ kind: "bind-stale" }]);
});

Deno.test("KernelWriter tells when a bind was begun, however long it took", async () => {
  let now = 1_000;
  const { writer, happened, results } = stage({ now: () => now });
  writer.bind(PLACE);
  now = 61_000;
  await writer.idle();
  assert.deepEqual(happened, ["catch up", `replace ${VIP}`]);
  assert.deepEqual(results, [{ kind: "bound", at: 61_000 }]);
});

Deno.test("KernelWriter reports an address that was moved as bound anew", async () => {
  const { writer, happened, results } = stage({});
  writer.move(PLACE);
  await writer.idle();
  assert.deepEqual(happened, [`move ${VIP}`]);
  assert.deepEqual(results, [{ kind: "bound", at: 0 }]);
});

Deno.test("KernelWriter renews nothing that may be another's", async () => {
  const { writer, happened } = stage({ mayWrite: () => false });
  writer.renew(PLACE);
  await writer.idle();
  assert.deepEqual(happened, []);
});

function stage({ mayWrite = () => true, catchUp, now = () => 0 }: StageOptions): Stage {
  const happened: string[] = [];
  const results: KernelEvent[] = [];
  const answer =
    (verb: string) => (addresses: readonly InterfaceAddress[]): Promise<undefined[]> => {
      happened.push(...addresses.map(({ address }) => `${verb} ${formatIp(address)}`));
      return Promise.resolve(addresses.map(() => undefined));
    };
  const route: Route = {
    listLinks: () => Promise.resolve([]),
    listAddresses: () => Promise.resolve([]),
    replaceAddresses: answer("replace"),
    deleteAddresses: answer("delete"),
    moveAddresses: answer("move"),
    [Symbol.dispose]: () => {},
  };
  const writer = new KernelWriter({
    route,
    clock: { now, nowWall: now, sleep: () => Promise.resolve() },
    log: () => {},
    metrics: new SpeakerMetrics(new Registry(), "n1", () => []),
    timings: DEFAULT_TIMINGS,
    nameOf: () => "eth0",
    catchUp: () => {
      happened.push("catch up");
      catchUp?.();
    },
    mayWrite,
    onResult: (_, event) => results.push(event),
  }, new AbortController().signal);
  return { writer, happened, results };
}
