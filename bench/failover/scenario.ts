import type { Handover } from "../../demo/wire/sightings.ts";
import { eventually } from "../../tests/eventually.ts";
import type { Prober } from "../../tests/wire/open_prober.ts";
import type { PageReader } from "../../tests/wire/page_reader.ts";
import { doubles, handovers, longestSilenceMs, unanswered } from "../../tests/wire/sight.ts";
import type { Contestant } from "../lab/contestant.ts";
import { type Lab, type NodeName, nodeOfMac, NODES } from "../lab/lab.ts";
import type { Sample } from "./sample.ts";

/** What a scenario is played with. */
export interface Stage {
  readonly lab: Lab;
  readonly contestant: Contestant;
  readonly prober: Prober;
  /** The address that everything is about. */
  readonly address: string;
  /** A client that reads pages all the time, where that is measured. */
  readonly pages?: PageReader;
}

/** Plays once, and leaves everything as it was: all nodes in service, the address answered. */
export type Scenario = (stage: Stage) => Promise<Sample>;

/** What the chief row is called, the one that is drawn. */
export const CRASH = "crash of the owner's node";

/** How long to wait for another owner before it counts as a failure. */
const HANDOVER_LIMIT_S = 60;

/** Starts all nodes and waits until the address has an owner and nothing moves any more. */
export async function open(stage: Stage): Promise<void> {
  const { contestant } = stage;
  await Promise.all(NODES.map((node) => contestant.start(node)));
  await eventually("an owner", HANDOVER_LIMIT_S, () => Promise.resolve(ownerOf(stage)));
  await calm(stage);
}

/** The owner's cable is pulled and what runs there killed, within milliseconds; then it returns. */
export const crash: Scenario = async (stage) => {
  const { lab, contestant, pages } = stage;
  await sleep(Math.random() * 300);
  const victim = mustOwn(stage);
  const since = stage.prober.now;
  // The cable first: some children have last words for the network when their parent dies.
  await lab.lan.unplug(victim);
  await contestant.kill(victim);
  const { lastAt, firstAt } = await nextOwner(stage, since);
  const pageGapMs = pages === undefined ? undefined : await pages.gapSince(since);
  const missing = unanswered(stage.prober.sights(stage.address, since));
  await lab.lan.reset(victim);
  await lab.lan.plug(victim);
  await contestant.start(victim);
  await calm(stage);
  return {
    ...judge(stage, since, 1),
    gapMs: firstAt - lastAt,
    unanswered: missing,
    ...pageGapMs === undefined ? {} : { pageGapMs },
  };
};

/** What runs on the owner is killed and started again after two seconds; the node lives. */
export const restart: Scenario = async (stage) => {
  const owner = mustOwn(stage);
  const since = stage.prober.now;
  await stage.contestant.kill(owner);
  await sleep(2_000);
  await stage.contestant.start(owner);
  await calm(stage);
  return judge(stage, since, 0);
};

/** What runs on the owner is stopped for good; later the node returns. */
export const stop: Scenario = async (stage) => {
  const owner = mustOwn(stage);
  const since = stage.prober.now;
  await stage.contestant.stop(owner);
  const { lastAt, firstAt } = await nextOwner(stage, since);
  const missing = unanswered(stage.prober.sights(stage.address, since));
  await stage.contestant.start(owner);
  await calm(stage);
  return { ...judge(stage, since, 1), gapMs: firstAt - lastAt, unanswered: missing };
};

/** What the witness saw since an instant; so many changes of owner were called for. */
function judge({ prober, address }: Stage, since: number, calledFor: number): Sample {
  const sights = prober.sights(address, since);
  return {
    gapMs: longestSilenceMs(sights),
    unanswered: unanswered(sights),
    moves: Math.max(0, handovers(sights).length - calledFor),
    twoOwnersMs: Math.max(
      0,
      ...doubles(sights).map(({ firstAt, lastAt }) => lastAt - firstAt + ROUND_MS),
    ),
  };
}

/** One question that two answer counts as long as one round takes. */
const ROUND_MS = 5;

function nextOwner({ prober, address }: Stage, since: number): Promise<Handover> {
  return eventually(
    "another owner",
    HANDOVER_LIMIT_S,
    () => Promise.resolve(handovers(prober.sights(address, since))[0]),
  );
}

/** Waits until the address has been answered for as long as the contestant may still change its mind. */
async function calm({ lab, contestant }: Stage): Promise<void> {
  await sleep(contestant.calmMs);
  const [fault] = lab.crew.faults;
  if (fault === undefined) return;
  const log = (await lab.crew.tail(fault.member)).join("\n");
  throw new Error(`"${fault.member}" ended by itself with exit code ${fault.code}\n${log}`);
}

function ownerOf({ prober, address }: Stage): NodeName | undefined {
  const mac = prober.owner(address);
  return mac === undefined ? undefined : nodeOfMac(mac);
}

function mustOwn(stage: Stage): NodeName {
  const owner = ownerOf(stage);
  if (owner === undefined) throw new Error(`Wanted an owner of ${stage.address}, found none`);
  return owner;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
