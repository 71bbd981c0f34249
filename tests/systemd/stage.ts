import assert from "node:assert/strict";
import { compiledLanlord } from "../compiled/given.ts";
import { API_URL, openSpeakerLan, type SpeakerLan } from "../kernel/speaker_lan.ts";
import { eventually } from "../eventually.ts";
import { kubeconfigText } from "../kubeconfig.ts";
import { ROOT } from "../source.ts";
import { openProber } from "../wire/open_prober.ts";
import { doubles, handovers, unanswered } from "../wire/sight.ts";
import { bootSystemd, type Given, type SystemdMachine } from "./machine.ts";

/** Where a clone is seen on the machine: the program, and `deploy/systemd`. */
export const CLONE = "/opt/clone";

/** The address that the tests are about; its Service is there from the start. */
export const VIP = "192.168.0.200";

/** The units, as systemd names them. */
export const SPEAKER = "lanlord-speaker.service";
export const LEADER = "lanlord-leader.service";

/** What the speaker's unit says with the address. */
export const HOLDING = "Holding 1 address";

/** From one question to the next: far more than a kernel takes to answer, and less than a process to start. */
const PAUSE_MS = 10;

/** A LAN whose machine n1 systemd runs on; nothing is installed there. */
export interface Stage extends AsyncDisposable {
  readonly lan: SpeakerLan;
  readonly n1: SystemdMachine;
}

/** Builds the LAN, and boots n1. @param given what n1 sees beside the compiled program and `deploy/systemd` */
export async function openStage(given: Given = {}): Promise<Stage> {
  await using building = new AsyncDisposableStack();
  const program = await compiledLanlord();
  const lan = building.use(await openSpeakerLan());
  const n1 = building.use(
    await bootSystemd(lan.lan.machine("n1"), {
      [`${CLONE}/deploy/systemd`]: `${ROOT}deploy/systemd`,
      [`${CLONE}/lanlord`]: program,
      ...given,
    }),
  );
  const owned = building.move();
  return { lan, n1, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Puts kubeconfigs where the units look for them. */
export async function giveKubeconfigs(n1: SystemdMachine): Promise<void> {
  for (const role of ["leader", "speaker"]) {
    const at = `/etc/lanlord/${role}.kubeconfig`;
    await n1.must(["install", "-D", "-m", "0600", "/dev/stdin", at], kubeconfigText(API_URL));
  }
}

/** Waits until the unit's `STATUS=` is this. */
export async function untilStatus(n1: SystemdMachine, unit: string, want: string): Promise<void> {
  let found = "";
  await eventually(`${unit} to say "${want}"`, 30, async () => {
    found = await n1.property(unit, "StatusText");
    return found === want || undefined;
  }).catch(async (cause) => {
    const log = await n1.must(["journalctl", "--no-pager", "-n", "15", "-u", unit]);
    throw new Error(`Wanted "${want}", found "${found}":\n${log}`, { cause });
  });
}

/**
 * Sees that while `body` runs every single question of the client is answered, and by the same station. What a busy
 * machine reads late is not missing: all that has arrived is read before the next question.
 */
export async function missesNothing(lan: SpeakerLan, body: () => Promise<void>): Promise<void> {
  await using prober = await openProber(lan.client, [VIP], { pauseMs: PAUSE_MS });
  await eventually("an answer", 20, () => Promise.resolve(prober.owner(VIP)));
  const since = prober.now;
  await body();
  const sights = prober.sights(VIP, since);
  assert.ok(sights.length > 1, `${sights.length} questions`);
  assert.equal(unanswered(sights), 0, `of ${sights.length} questions`);
  assert.deepEqual([handovers(sights), doubles(sights)], [[], []]);
}

/** Whatever on the machine has our name, a line each. */
export async function traces(n1: SystemdMachine): Promise<string> {
  const where = [
    "/etc",
    "/usr/local",
    "/usr/bin",
    "/usr/share",
    "/lib/systemd",
    "/run",
    "/var/lib",
  ];
  return await n1.must(["find", ...where, "-name", "*lanlord*"]);
}

/** The process that a unit runs, as the machine numbers it. */
export async function pidOf(n1: SystemdMachine, unit: string): Promise<string> {
  return await n1.property(unit, "MainPID");
}
