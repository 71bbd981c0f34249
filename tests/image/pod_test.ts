import assert from "node:assert/strict";
import { eventually } from "../eventually.ts";
import { testWith } from "../needs.ts";
import type { Container } from "./containers.ts";
import { type Pod, podOf } from "./pods.ts";
import { withoutPacketSockets } from "./runtime_spec.ts";
import { FIRST_ADDRESS, NODE, openStage, type RunOptions, type Stage, statusOf } from "./stage.ts";

/** Bits of capabilities(7), as /proc writes the sets. */
const NET_ADMIN = 1n << 12n;
const NET_RAW = 1n << 13n;

testWith(
  ["netns", "root", "arping", "image", "runc"],
  "the image as its manifest runs it",
  async (t) => {
    await using stage = await openStage();
    const speaker = await podOf("speaker");
    const leader = await podOf("leader");

    await t.step("the speaker holds an address, with two capabilities and no more", async () => {
      const container = await stage.run(speaker);
      await stage.lan.assign("whoami", FIRST_ADDRESS);
      await answeredBy(stage, NODE, container);
      await isConfined(container, "0", NET_ADMIN | NET_RAW);
      await hasKept(stage);
      await stops(container);
    });

    await t.step("the speaker answers with --l2 respond and NET_RAW alone", async () => {
      await removeAddress(stage);
      const pod = withSecurity(speaker, { capabilities: { drop: ["ALL"], add: ["NET_RAW"] } });
      const container = await stage.run(pod, { args: ["--l2", "respond"] });
      await answeredBy(stage, NODE, container);
      await isConfined(container, "0", NET_RAW);
      await stops(container);
    });

    await t.step("the leader assigns an address, as a user with no rights", async () => {
      await stage.lan.assign("pending");
      const container = await stage.run(leader);
      await eventually("the Service to have an address", 20, async () => {
        const events = await stage.lan.events();
        return events.some((event) => event.startsWith("IPAllocated")) || undefined;
      });
      await isConfined(container, "65534", 0n);
      await stops(container);
    });
  },
);

interface Refusal {
  readonly name: string;
  readonly security?: Pod["security"];
  readonly args?: readonly string[];
  /** The error of a seccomp profile that forbids packet sockets. */
  readonly errno?: number;
  /** What the speaker says before it ends with code 1. */
  readonly want: RegExp;
}

const FILTER = /the seccomp filter of this container or unit/.source;

const REFUSALS: readonly Refusal[] = [
  {
    name: "without NET_RAW",
    security: { capabilities: { drop: ["ALL"], add: ["NET_ADMIN"] } },
    want:
      /^lanlord speaker: Cannot open packet socket .*: EPERM: CAP_NET_RAW is missing .*NET_RAW/m,
  },
  {
    name: "without NET_ADMIN",
    security: { capabilities: { drop: ["ALL"], add: ["NET_RAW"] } },
    want:
      /^lanlord speaker: Cannot bind addresses .*: EPERM: CAP_NET_ADMIN is missing .*--l2 respond/m,
  },
  {
    name: "as another user, who loses what the container was given",
    security: { runAsUser: 65534 },
    want:
      /^lanlord speaker: Cannot open packet socket .*: EPERM: CAP_NET_RAW is missing \(run as root/m,
  },
  {
    name: "by a profile that refuses packet sockets with EPERM",
    errno: 1,
    want: new RegExp(
      `^lanlord speaker: .*: EPERM: CAP_NET_RAW is in effect, so it is ${FILTER}`,
      "m",
    ),
  },
  {
    name: "by a profile that refuses packet sockets with EAFNOSUPPORT",
    errno: 97,
    args: ["--l2", "respond"],
    want: new RegExp(`^lanlord speaker: .*: EAFNOSUPPORT: ${FILTER}`, "m"),
  },
];

testWith(
  ["netns", "root", "image", "runc"],
  "a speaker that its container does not let work says why",
  async (t) => {
    await using stage = await openStage();
    const speaker = await podOf("speaker");
    for (const { name, security = {}, args = [], errno, want } of REFUSALS) {
      await t.step(name, async () => {
        const options = { args, ...errno === undefined ? {} : forbidding(stage, errno) };
        const container = await stage.run(withSecurity(speaker, security), options);
        const { code, stderr } = await container.outcome;
        assert.match(stderr, want);
        assert.equal(code, 1);
      });
    }
  },
);

function withSecurity(pod: Pod, security: Pod["security"]): Pod {
  return { ...pod, security: { ...pod.security, ...security } };
}

function forbidding({ containers: { defaults } }: Stage, errno: number): RunOptions {
  const { seccomp } = defaults.linux;
  assert.ok(seccomp, "containerd has no default seccomp profile");
  const linux = { ...defaults.linux, seccomp: withoutPacketSockets(seccomp, errno) };
  return { defaults: { ...defaults, linux } };
}

async function answeredBy(stage: Stage, node: string, container: Container): Promise<void> {
  const ended = container.outcome.then(({ stderr }) => {
    throw new Error(`The container ended: ${stderr}`);
  });
  assert.equal(await Promise.race([stage.lan.settled(FIRST_ADDRESS), ended]), node);
}

/** What the kernel says of the process: user, capabilities, no new privileges, a seccomp filter, nothing to write. */
async function isConfined(container: Container, user: string, granted: bigint): Promise<void> {
  const status = await statusOf(container);
  assert.equal(status.get("Uid")?.split("\t")[0], user);
  for (const set of ["CapEff", "CapPrm"]) {
    assert.equal(BigInt(`0x${status.get(set)}`), granted, set);
  }
  assert.equal(BigInt(`0x${status.get("CapBnd")}`), granted, "CapBnd");
  for (const set of ["CapInh", "CapAmb"]) assert.equal(BigInt(`0x${status.get(set)}`), 0n, set);
  assert.equal(status.get("NoNewPrivs"), "1");
  assert.equal(status.get("Seccomp"), "2");
  const mounts = await Deno.readTextFile(`/proc/${await container.pid()}/mounts`);
  assert.match(mounts, /^\S+ \/ \S+ ro[, ]/m);
}

/** The state that a speaker keeps on its node was written. */
async function hasKept({ state }: Stage): Promise<void> {
  await eventually("a file in the pod's /run/lanlord", 20, async () => {
    const files = await Array.fromAsync(Deno.readDir(state));
    return files.length > 0 || undefined;
  });
}

async function removeAddress({ lan }: Stage): Promise<void> {
  await lan.lan.machine(NODE).run(["ip", "addr", "del", `${FIRST_ADDRESS}/32`, "dev", "eth0"]);
}

async function stops(container: Container): Promise<void> {
  const { code, stderr } = await container.stop();
  assert.equal(stderr.split("\n").filter((line) => /error/i.test(line)).join("\n"), "");
  assert.equal(code, 0);
}
