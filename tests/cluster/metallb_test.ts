// deno-lint-ignore-file no-console
import assert from "node:assert/strict";
import { type Block, blocksFor } from "../docs/blocks.ts";
import { judge, shellWords, titleOf } from "../docs/judge.ts";
import { eventually } from "../eventually.ts";
import { testWith } from "../needs.ts";
import { ROOT } from "../source.ts";
import type { Access } from "./given.ts";
import { startLab } from "./lab.ts";
import { MetallbDesk } from "./metallb_desk.ts";
import { formatPassages, type Passage, passagesOf, type Sighting } from "./metallb_sightings.ts";
import { openWitness } from "./metallb_witness.ts";

const PAGE = "docs/migrate.md";
const SERVICES = new URL("metallb_services.yaml", import.meta.url);
/** What either may leave in the namespace. */
const LEFT_OF = "deploy,ds,svc,secret,sa,role,rolebinding,lease,pod,servicel2statuses";
/** A node's own address, to compare with: nothing happens to it. */
const CONTROL = "192.168.0.11";
/** Wide: what is held here is that somebody answers again, and that all of it comes back. */
const SILENCE_MOST_MS = 20_000;

testWith(
  ["cluster", "metallb"],
  "from MetalLB to Lanlord, back, and the careless way",
  async (t) => {
    const lab = await startLab();
    try {
      await using desk = await MetallbDesk.open(lab.access);
      const move = new Move(lab.access, desk);
      const chapters: readonly (readonly [string, (t: Deno.TestContext) => Promise<void>])[] = [
        ["MetalLB has its Services", () => move.installMetallb()],
        ["from MetalLB: every address stays at its node", (t) => move.there(t)],
        ["back to MetalLB: every address is where MetalLB has it", (t) => move.back(t)],
        ["the careless way: no Service loses its address", () => move.careless()],
      ];
      for (const [name, read] of chapters) {
        if (await t.step(name, read)) continue;
        console.log(await move.diagnose());
        return;
      }
    } finally {
      await lab.stop();
    }
  },
);

class Move {
  readonly #access: Access;
  readonly #desk: MetallbDesk;
  #addresses: ReadonlyMap<string, string> = new Map();
  /** The MAC that MetalLB answers with, by address. */
  #owners: ReadonlyMap<string, string | undefined> = new Map();

  constructor(access: Access, desk: MetallbDesk) {
    this.#access = access;
    this.#desk = desk;
  }

  async installMetallb(): Promise<void> {
    await this.#desk.kubectl(["apply", "-f", "metallb-native.yaml"]);
    await this.#rollOut("deployment/controller", "daemonset/speaker");
    await this.#desk.kubectl(["apply", "-f", "-"], await Deno.readTextFile(SERVICES));
    await this.#desk.kubectl(["rollout", "status", "deployment/whoami", "--timeout=60s"]);
    this.#addresses = await this.#desk.addresses();
    assert.equal(this.#addresses.size, 7);
  }

  async there(t: Deno.TestContext): Promise<void> {
    const sightings = await this.#watch(() => this.#follow(t, "From MetalLB"));
    this.#tell("from MetalLB", sightings);
    const passages = passagesOf(sightings, "arp");
    this.#owners = new Map(passages.map(({ address, owners }) => [address, owners[0]]));
    this.#assertNobodyElse(sightings);
    assert.deepEqual(await this.#desk.addresses(), this.#addresses);
    assert.equal((await this.#desk.bound()).length, new Set(this.#addresses.values()).size);
    await this.#assignsAnother();
    const left = await this.#desk.kubectl(["-n", "metallb-system", "get", LEFT_OF, "-o", "name"]);
    assert.doesNotMatch(left, /\/(controller|speaker|metallb-webhook.*|pod-lister|memberlist)$/m);
  }

  async back(t: Deno.TestContext): Promise<void> {
    await this.#moveOne();
    const sightings = await this.#watch(async () => {
      await this.#follow(t, "Back to MetalLB");
      await eventually("our addresses are gone", 60, async () => {
        return (await this.#desk.bound()).length === 0 || undefined;
      });
    });
    this.#tell("back to MetalLB", sightings);
    const moved = this.#addresses.get("second") ?? "";
    this.#assertNobodyElse(sightings.filter(({ address }) => !address.startsWith(moved)));
    assert.deepEqual(await this.#desk.addresses(), this.#addresses);
    const passages = passagesOf(sightings, "arp");
    const owners = new Map(passages.map(({ address, owners }) => [address, owners.at(-1)]));
    assert.deepEqual(owners, this.#owners);
    const left = await this.#desk.kubectl(["-n", "metallb-system", "get", LEFT_OF, "-o", "name"]);
    assert.doesNotMatch(left, /lanlord/);
  }

  /** One node answered for each address from first to last, and open connections went on. */
  #assertNobodyElse(sightings: readonly Sighting[]): void {
    const others = passagesOf(sightings, "arp").filter(({ owners }) => owners.length > 1);
    assert.deepEqual(others, [], "another node answered too");
    assert.deepEqual(passagesOf(sightings, "broken"), [], "connections ended");
  }

  async careless(): Promise<void> {
    const sightings = await this.#watch(async () => {
      await this.#desk.kubectl(["apply", "-f", "deploy/lanlord.yaml"]);
      for (let i = 0; i < 5; i++) await this.#make(`early-${i}`);
      await this.#rollOut("deployment/lanlord-leader", "daemonset/lanlord-speaker");
      for (let i = 0; i < 5; i++) await this.#make(`late-${i}`);
      await this.#desk.kubectl(["delete", "service", "early-0", "early-3"]);
      await this.#desk.addresses();
    });
    this.#tell("the careless way", sightings);
    const now = await this.#desk.addresses();
    const kept = [...this.#addresses.keys()].map((name) => [name, now.get(name)]);
    assert.deepEqual(kept, [...this.#addresses]);
    const added = [...now].filter(([name]) => !this.#addresses.has(name)).map(([, ip]) => ip);
    assert.equal(new Set([...this.#addresses.values(), ...added]).size, 6 + added.length);
  }

  /** What a person would look at first. */
  async diagnose(): Promise<string> {
    const looks = [
      ["get", "pods,services", "-A", "-o", "wide"],
      ["get", "events", "-A", "--sort-by=.lastTimestamp"],
      ["-n", "metallb-system", "logs", "-l", "app=lanlord", "--tail=60", "--prefix"],
    ];
    const outcomes = await Promise.all(
      looks.map((argv) => this.#desk.run(["kubectl", ...argv])),
    );
    return outcomes.map(({ stdout, stderr }) => stdout + stderr).join("\n");
  }

  /** Runs the commands that stand directly below a heading of the page. */
  async #follow(t: Deno.TestContext, heading: string): Promise<void> {
    const lines = (await Deno.readTextFile(ROOT + PAGE)).split("\n");
    const headingOf = ({ line }: Block): string =>
      lines.slice(0, line).findLast((text) => /^#+ /.test(text))?.replace(/^#+ /, "") ?? "";
    const blocks = (await blocksFor("cluster", (page) => page === PAGE))
      .filter((block) => headingOf(block) === heading);
    assert.notEqual(blocks.length, 0, `${PAGE} has no commands below "${heading}"`);
    for (const block of blocks) {
      await t.step(
        titleOf(block),
        async () => judge(block, await this.#desk.run(shellWords(block))),
      );
    }
  }

  async #watch(happen: () => Promise<void>): Promise<readonly Sighting[]> {
    const targets = [...new Set(this.#addresses.values())].map((address) => `${address}:80`);
    const shared = this.#addresses.get("shares-too");
    await using witness = await openWitness(this.#access, [
      ...targets,
      `${shared}:8080`,
      CONTROL,
    ]);
    await happen();
    return await witness.end();
  }

  /** As after a failure: an address that is not where MetalLB would have it. */
  async #moveOne(): Promise<void> {
    const address = this.#addresses.get("second");
    const node = (await this.#desk.bound()).find((line) => line.startsWith(`${address} `))
      ?.split(" ")[1] ?? "";
    await this.#desk.kubectl(["cordon", node]);
    const selector = [
      "-l",
      "app=lanlord,component=speaker",
      `--field-selector=spec.nodeName=${node}`,
    ];
    await this.#desk.kubectl(["-n", "metallb-system", "delete", "pod", ...selector]);
    await this.#rollOut("daemonset/lanlord-speaker");
    await this.#desk.kubectl(["uncordon", node]);
    const bound = await this.#desk.bound();
    assert.ok(!bound.includes(`${address} ${node}`), `${node} still has ${address}`);
  }

  #tell(what: string, sightings: readonly Sighting[]): void {
    console.log(`${what}\n${formatPassages(sightings, CONTROL)}`);
    const all: readonly Passage[] = [
      ...passagesOf(sightings, "arp"),
      ...passagesOf(sightings, "new"),
    ];
    const silent = all.filter(({ silenceMs }) => silenceMs > SILENCE_MOST_MS);
    assert.deepEqual(silent, []);
  }

  async #assignsAnother(): Promise<void> {
    await this.#make("another");
    const addresses = await this.#desk.addresses();
    assert.notEqual(addresses.get("another"), undefined);
    await this.#desk.kubectl(["delete", "service", "another"]);
  }

  async #make(name: string): Promise<void> {
    await this.#desk.kubectl(["create", "service", "loadbalancer", name, "--tcp=80:80"]);
  }

  async #rollOut(...workloads: readonly string[]): Promise<void> {
    for (const workload of workloads) {
      const argv = ["rollout", "status", workload, "--timeout=120s"];
      await this.#desk.kubectl(["-n", "metallb-system", ...argv]);
    }
  }
}
