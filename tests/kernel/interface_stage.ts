import assert from "node:assert/strict";
import type { Watcher } from "../../demo/wire/watcher.ts";
import { openWatcher } from "../../demo/wire/watcher.ts";
import { eventually } from "../eventually.ts";
import { nameOfMac, type NodeName, nodeName, type SpeakerLan } from "./speaker_lan.ts";

const WITNESS = new URL("witness_main.ts", import.meta.url).pathname;

/** What a speaker wrote, as far as these tests read it. */
export interface LogEvent {
  readonly node: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Who answered what the client asked. */
export interface Witness extends AsyncDisposable {
  /** The node that answered last. */
  owner(): Promise<NodeName>;
  /** Waits until another than this node or MAC answers, and tells which node and after how many ms of silence. */
  movedFrom(station: string): Promise<{ readonly to: NodeName; readonly gapMs: number }>;
  /** Times that another machine, or another MAC, answered than before. */
  readonly handovers: Watcher["handovers"];
  /** Requests so far that nobody answered, give or take those under way. */
  readonly missing: number;
  /** Answers so far. */
  readonly answers: number;
}

/** Has the client ask for the address by ARP, every so many ms. */
export function witnessOf(lan: SpeakerLan, address: string, everyMs = 4): Witness {
  const argv = [Deno.execPath(), "run", "-A", WITNESS, address, `${everyMs}`];
  const watcher = openWatcher(lan.client, argv, {});
  return {
    owner: () =>
      eventually("an answer", 10, () => {
        const { at = 0, lastAt = 0, owner } = watcher.look ?? {};
        return Promise.resolve(at - lastAt < 20 && owner ? nodeName(nameOfMac(owner)) : undefined);
      }),
    movedFrom: async (station) => {
      const found = await eventually(`another than ${station} answers`, 10, () => {
        const last = watcher.handovers.at(-1);
        return Promise.resolve(last && nameOfMac(last.to) !== station ? last : undefined);
      });
      return { to: nodeName(nameOfMac(found.to)), gapMs: found.firstAt - found.lastAt };
    },
    handovers: watcher.handovers,
    get answers() {
      return watcher.look?.answers ?? 0;
    },
    get missing() {
      return (watcher.look?.sent ?? 0) - (watcher.look?.answers ?? 0);
    },
    [Symbol.asyncDispose]: () => watcher[Symbol.asyncDispose](),
  };
}

/** Runs lines of `ip -batch` on a node, at once. */
export async function ipOn(
  lan: SpeakerLan,
  node: NodeName,
  ...lines: readonly string[]
): Promise<void> {
  const options = { stdin: lines.join("\n") };
  const { code, stderr } = await lan.lan.machine(node).run(["ip", "-batch", "-"], options);
  assert.equal(code, 0, stderr);
}

/** Writes a kernel parameter of a node; `name` as in `net/ipv4/conf/eth0/arp_ignore`. */
export async function sysctlOn(
  lan: SpeakerLan,
  node: NodeName,
  name: string,
  value: number,
): Promise<void> {
  const line = `echo ${value} > /proc/sys/${name}`;
  const { code, stderr } = await lan.lan.machine(node).run(["sh", "-c", line]);
  assert.equal(code, 0, stderr);
}

/** The addresses of a node's interface, in the kernel's order: `192.168.0.11/24`. */
export async function addressesOf(
  lan: SpeakerLan,
  node: NodeName,
  words: string,
): Promise<readonly string[]> {
  const argv = ["ip", "-o", ...words.split(" ")];
  const { stdout } = await lan.lan.machine(node).run(argv);
  return [...stdout.matchAll(/inet6? (\S+)/g)].map(([, address = ""]) => address);
}

/** What the speakers wrote since an instant, in ms since 1970, in order. */
export async function eventsSince(lan: SpeakerLan, since: number): Promise<readonly LogEvent[]> {
  const lines = (await lan.log()).flatMap((line) => parseLogLine(line) ?? []);
  return lines.filter(({ at }) => at >= since).toSorted((a, b) => a.at - b.at);
}

function parseLogLine(line: string): LogEvent | undefined {
  const found = /^(\S+)\.log (\{.*\})$/.exec(line);
  if (found === null) return undefined;
  const [, node = "", text = ""] = found;
  const { ts, event, ...fields } = JSON.parse(text);
  return { node, at: Date.parse(ts), event, fields };
}

/** Waits until a speaker of the node has written this since the instant. */
export function written(
  lan: SpeakerLan,
  since: number,
  want: { readonly node: NodeName; readonly event: string; readonly fields?: object },
): Promise<LogEvent> {
  const fields = Object.entries(want.fields ?? {});
  return eventually(
    `${want.node} writes ${want.event}`,
    10,
    async () =>
      (await eventsSince(lan, since)).find((line) =>
        line.node === want.node && line.event === want.event &&
        fields.every(([name, value]) => line.fields[name] === value)
      ),
  );
}

/** Descriptors that the speaker of a node has open. @throws Error when none runs there */
export async function openFilesOf(node: NodeName): Promise<number> {
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    // Processes end while they are looked at.
    const argv = await Deno.readTextFile(`/proc/${name}/cmdline`).catch(() => "");
    const isSpeaker = argv.startsWith(`${Deno.execPath()}\0run`) &&
      argv.includes(`\0speaker\0--node-name\0${node}\0`);
    if (isSpeaker) return (await Array.fromAsync(Deno.readDir(`/proc/${name}/fd`))).length;
  }
  throw new Error(`Cannot find the speaker of ${node}`);
}
