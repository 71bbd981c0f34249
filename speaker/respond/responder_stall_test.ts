/** Three responders and one address in virtual time: whoever was stalled does not take back what another took. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { formatIp, type IpAddress, parseIp } from "../../ip/address.ts";
import { BROADCAST, type Mac, macFromBytes, UNSPECIFIED_MAC } from "../../ip/mac.ts";
import { encodeArpFrame } from "../wire/arp.ts";
import type { Claimable, Desired } from "../desired/claimable.ts";
import { DIALECTS } from "../wire/dialect.ts";
import { mayBind } from "../ownership/ownership_state.ts";
import { Responder, type ResponderAction } from "./responder.ts";
import { Table } from "../ownership/table.ts";
import type { TableAction } from "../ownership/table_action.ts";
import { standingIn } from "../../tests/sim/standing_in.ts";
import { DEFAULT_TIMINGS as TIMINGS } from "../ownership/timings.ts";

const VIP = parseIp("192.168.0.200") ?? assert.fail();
const KEY = formatIp(VIP);
const LINK = 1;
const NAMES = ["n1", "n2", "n3"];
const ASKER = macOf(9);
const QUESTION = encodeArpFrame({
  operation: "request",
  senderMac: ASKER,
  senderIp: parseIp("192.168.0.99") ?? assert.fail(),
  targetMac: UNSPECIFIED_MAC,
  targetIp: VIP,
}, BROADCAST);
const { probeFrame, announceFrames, readFrame, askFrame } = DIALECTS.IPv4;
const END_MS = 12_000;
/** Two that claim in the same moment hear each other within this. */
const RACE_MS = 20;
/** From the end of a stall to the claim of another, where the node that was stalled gives up. */
const AFTER_STALL_MS = 500;

interface Stall {
  readonly node: number;
  readonly from: number;
  readonly until: number;
}

/** One node: its process reads, decides and answers, when it is not stalled. */
class Node {
  readonly mac: Mac;
  readonly #table: Table;
  readonly #responder: Responder;
  readonly #send: (frame: Uint8Array) => void;
  #queue: Uint8Array[] = [];

  constructor(index: number, send: (frame: Uint8Array) => void) {
    this.mac = macOf(index);
    this.#send = send;
    const node = NAMES[index] ?? "";
    this.#table = new Table({ node });
    const holds = (address: IpAddress): boolean =>
      address.value === VIP.value && this.#table.entry(KEY)?.state?.kind === "held";
    this.#responder = new Responder({ dialect: DIALECTS.IPv4, timings: TIMINGS, holds }, 0);
    this.#table.setDesired(desiredOf(node), 0);
  }

  receive(frame: Uint8Array): void {
    const destination = macFromBytes(frame.subarray(0, 6));
    const isOwn = macFromBytes(frame.subarray(6, 12)) === this.mac;
    if (!isOwn && (destination === this.mac || destination === BROADCAST)) this.#queue.push(frame);
  }

  run(now: number): void {
    const isDue = (this.#table.nextWake() ?? Infinity) <= now;
    if (this.#queue.length > 0 || isDue || now % TIMINGS.readEveryMs === 0) this.#read(now);
    if (isDue) this.#do(this.#table.wake(now), now);
  }

  #read(now: number): void {
    for (const frame of this.#queue.splice(0)) {
      const packet = readFrame(frame);
      if (typeof packet === "string") return assert.fail(packet);
      const destination = macFromBytes(frame.subarray(0, 6));
      this.#answer(this.#responder.hear(packet, destination, this, now), now);
      if (destination === BROADCAST || packet.operation === "reply") {
        this.#do(this.#table.onPacket(packet, LINK, now), now);
      }
    }
    this.#answer(this.#responder.caughtUp(now, this, now), now);
  }

  #answer(actions: readonly ResponderAction[], now: number): void {
    for (const action of actions) {
      if (action.kind === "reply") this.#send(action.frame);
      if (action.kind === "lapse") {
        this.#do(this.#table.onKernel(KEY, { kind: "lapsed" }, now), now);
      }
    }
  }

  #do(actions: readonly TableAction[], now: number): void {
    for (const action of actions) this.#perform(action, now);
  }

  #perform(action: TableAction, now: number): void {
    const maySpeak = this.#responder.maySpeak(now);
    switch (action.kind) {
      case "probe":
        return this.#send(
          action.to === undefined ? probeFrame(this, VIP) : askFrame(this, VIP, action.to),
        );
      case "announce":
        return maySpeak ? announceFrames(this, VIP).forEach(this.#send) : undefined;
      case "bind": {
        const isStale = !maySpeak || !mayBind(this.#table.entry(KEY)?.state, now, TIMINGS);
        const event = isStale
          ? { kind: "bind-stale" } as const
          : { kind: "bound", at: now } as const;
        return this.#do(this.#table.onKernel(KEY, event, now), now);
      }
      case "unbind":
        return this.#do(this.#table.onKernel(KEY, { kind: "unbound" }, now), now);
      default:
    }
  }
}

interface Answer {
  readonly at: number;
  readonly node: number;
}

/** Who answers an asker that asks each 5 ms. */
function simulate(stalls: readonly Stall[]): readonly Answer[] {
  let wire: Uint8Array[] = [];
  const nodes = NAMES.map((_, index) => new Node(index, (frame) => wire.push(frame)));
  const answers: Answer[] = [];
  for (let now = 0; now < END_MS; now++) {
    const frames = wire;
    wire = [];
    for (const frame of frames) {
      for (const node of nodes) node.receive(frame);
      if (macFromBytes(frame.subarray(0, 6)) !== ASKER) continue;
      const mac = macFromBytes(frame.subarray(6, 12));
      answers.push({ at: now, node: nodes.findIndex((node) => node.mac === mac) });
    }
    if (now % 5 === 0) wire.push(QUESTION);
    for (const [index, node] of nodes.entries()) {
      const isStalled = stalls.some((s) => s.node === index && s.from <= now && now < s.until);
      if (!isStalled) node.run(now);
    }
  }
  return answers;
}

/** Moves of the address that no stall of the node that lost it accounts for. */
function causeless(answers: readonly Answer[], stalls: readonly Stall[]): readonly string[] {
  const found: string[] = [];
  let since = 0;
  for (const [i, { at, node }] of answers.entries()) {
    const before = answers[i - 1];
    if (before === undefined || before.node === node) continue;
    const isCaused = at - since <= RACE_MS ||
      stalls.some((s) => s.node === before.node && s.from < at && at < s.until + AFTER_STALL_MS);
    if (!isCaused) found.push(`at ${at} from ${before.node} to ${node}`);
    since = at;
  }
  return found;
}

Deno.test("an address moves only away from a responder that was stalled", () => {
  const stall = fc.record({
    node: fc.nat({ max: 2 }),
    from: fc.integer({ min: 1_500, max: 9_000 }),
    forMs: fc.oneof(fc.integer({ min: 10, max: 400 }), fc.integer({ min: 400, max: 3_000 })),
  }).map(({ node, from, forMs }): Stall => ({ node, from, until: from + forMs }));
  fc.assert(
    fc.property(fc.array(stall, { minLength: 1, maxLength: 8 }), (stalls) => {
      const answers = simulate(stalls);
      assert.deepEqual(causeless(answers, stalls), []);
      const last = answers.at(-1)?.at ?? 0;
      assert.ok(last > END_MS - 20, `nobody answers after ${last}`);
    }),
    { numRuns: 25 },
  );
});

function desiredOf(node: string): Desired {
  return {
    claimable: new Map([[KEY, claimableOf(node)]]),
    assigned: new Set([KEY]),
    nodeOfMac: new Map(NAMES.map((name, index) => [macOf(index), name])),
  };
}

function claimableOf(node: string): Claimable {
  return {
    key: KEY,
    address: VIP,
    linkIndex: LINK,
    eligible: NAMES,
    standing: standingIn(NAMES, node),
    services: [],
  };
}

function macOf(index: number): Mac {
  return macFromBytes(Uint8Array.of(2, 0, 0, 0, 0, index + 1));
}
