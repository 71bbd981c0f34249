// deno-lint-ignore-file no-console
/**
 * How long nobody answers for an address when its owner crashes, is restarted or stops: Lanlord, and beside it in the
 * same LAN of network namespaces keepalived and MetalLB, where they are installed or can be built. Needs root, as the
 * demo does. A crash is the cable pulled and everything killed at one instant; an independent witness asks for the
 * address every 5 ms. Some twenty minutes with the default of 100 crashes.
 *
 *     deno run -A bench/failover.ts [--runs N] [--only TEXT] [--json FILE]
 *
 * --runs N     crashes of Lanlord; the other rows have their share of it   [100]
 * --only TEXT  only rows whose `who: what` contains the text
 * --json FILE  every sample, for bench/failover_picture.ts
 */
import { parseArgs } from "node:util";
import { release } from "node:os";
import { controlPlaneAssets } from "../demo/control_plane/assets.ts";
import { openProber } from "../tests/wire/open_prober.ts";
import { openPageReader, type PageReader } from "../tests/wire/page_reader.ts";
import { formatReport, type Row, type Sample } from "./failover/sample.ts";
import {
  CRASH,
  crash,
  open,
  restart,
  type Scenario,
  type Stage,
  stop,
} from "./failover/scenario.ts";
import type { Contestant } from "./lab/contestant.ts";
import { keepalivedLack, prepareKeepalived } from "./lab/keepalived.ts";
import { type Lab, machineOf, NODES, openLab, openLoad, poolAddresses } from "./lab/lab.ts";
import { prepareLanlord } from "./lab/lanlord.ts";
import { prepareMetallb } from "./lab/metallb.ts";
import { buildMetallb } from "./lab/metallb_build.ts";

const [ADDRESS = ""] = poolAddresses(1);

/** One row to be measured. */
interface PlannedRow {
  readonly scenario: string;
  readonly play: Scenario;
  /** How often, of the number of runs. */
  readonly share: number;
  /** What goes on meanwhile. @default nothing */
  readonly during?: "load" | "pages";
}

/** One contestant with its rows, all in one LAN. */
interface PlannedPart {
  readonly who: string;
  readonly rows: readonly PlannedRow[];
  /** @returns a reason where it cannot be had */
  readonly prepare: (lab: Lab) => Promise<Contestant | string>;
}

const LOADED = `${CRASH}, every core busy`;
const PAGES = `${CRASH}, client reads pages`;
const RESTART = "agent killed, back after 2 s";
const STOP = "agent stopped for good";

const PLAN: readonly PlannedPart[] = [
  {
    who: "Lanlord",
    rows: [
      { scenario: CRASH, play: crash, share: 1 },
      { scenario: LOADED, play: crash, share: 0.5, during: "load" },
      { scenario: PAGES, play: crash, share: 0.2, during: "pages" },
      { scenario: RESTART, play: restart, share: 0.2 },
      { scenario: STOP, play: stop, share: 0.2 },
    ],
    prepare: (lab) => prepareLanlord(lab, [ADDRESS]),
  },
  ...[0.1, 1].map((advertSeconds): PlannedPart => ({
    who: `keepalived, an advert each ${advertSeconds} s`,
    rows: [
      { scenario: CRASH, play: crash, share: 0.2 },
      { scenario: LOADED, play: crash, share: 0.1, during: "load" },
      { scenario: STOP, play: stop, share: 0.1 },
    ],
    prepare: async (lab) =>
      keepalivedLack() ?? await prepareKeepalived(lab, { address: ADDRESS, advertSeconds }),
  })),
  {
    who: "MetalLB",
    rows: [
      { scenario: CRASH, play: crash, share: 0.1 },
      { scenario: RESTART, play: restart, share: 0.05 },
      { scenario: STOP, play: stop, share: 0.05 },
    ],
    prepare: async (lab) => {
      if (controlPlaneAssets() === undefined) return "no API server: run `deno task assets`";
      const assets = await buildMetallb();
      return typeof assets === "string" ? assets : await prepareMetallb(lab, assets, [ADDRESS]);
    },
  },
];

interface Options {
  readonly runs: number;
  readonly only: string;
}

async function main(options: Options, jsonFile: string | undefined): Promise<void> {
  const rows: Row[] = [];
  const skipped: string[] = [];
  for (const part of PLAN) {
    const planned = part.rows.filter(({ scenario }) =>
      `${part.who}: ${scenario}`.includes(options.only)
    );
    if (planned.length === 0) continue;
    const measured = await measure({ ...part, rows: planned }, options.runs);
    if (typeof measured === "string") skipped.push(`${part.who}: skipped, ${measured}`);
    else rows.push(...measured);
  }
  const date = new Date().toISOString();
  const cores = navigator.hardwareConcurrency;
  const report = { date, kernel: release(), cores, rows, skipped };
  if (jsonFile !== undefined) {
    await Deno.writeTextFile(jsonFile, JSON.stringify(report, undefined, 1));
  }
  console.log(`\n${formatReport(report)}`);
}

async function measure(part: PlannedPart, runs: number): Promise<readonly Row[] | string> {
  await using lab = await openLab();
  const contestant = await part.prepare(lab);
  if (typeof contestant === "string") return contestant;
  await using prober = await openProber(lab.lan.machine("witness"), [ADDRESS]);
  const stage = { lab, contestant, prober, address: ADDRESS };
  await open(stage);
  const rows: Row[] = [];
  for (const row of part.rows) {
    const count = Math.ceil(row.share * runs);
    const samples = await playRow(stage, row, count);
    rows.push({ contestant: contestant.name, scenario: row.scenario, samples });
  }
  return rows;
}

async function playRow(
  stage: Stage,
  { scenario, play, during }: PlannedRow,
  count: number,
): Promise<readonly Sample[]> {
  await using around = new AsyncDisposableStack();
  if (during === "load") around.use(openLoad(stage.lab));
  const pages = during === "pages" ? around.use(openPages(stage)) : undefined;
  await pages?.begun();
  const samples: Sample[] = [];
  console.log(`${stage.contestant.name}: ${scenario}, ${count} times`);
  for (let i = 0; i < count; i++) {
    const sample = await play({ ...stage, ...pages && { pages } });
    samples.push(sample);
    console.log(JSON.stringify(sample));
  }
  return samples;
}

function openPages({ lab, address }: Stage): PageReader {
  const client = machineOf(lab, "client");
  return openPageReader({ client, nodes: NODES.map((node) => machineOf(lab, node)) }, address);
}

if (import.meta.main) {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      runs: { type: "string", default: "100" },
      only: { type: "string", default: "" },
      json: { type: "string" },
    },
  });
  await main({ runs: Number(values.runs), only: values.only }, values.json);
}
