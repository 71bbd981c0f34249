import assert from "node:assert/strict";
import type { Clock } from "../../ops/clock.ts";
import type { Claimable, Desired } from "../desired/claimable.ts";
import { DesiredMemo } from "../desired/desired_memo.ts";
import type { Remembered } from "./remembered.ts";
import { RememberedFile, type RememberedFileOptions } from "./remembered_file.ts";
import { RememberedView } from "./remembered_view.ts";
import { faceOf, ipOf } from "../testing.ts";

const ETH0 = { ...faceOf("eth0", 1, "192.168.0.0/24"), index: 2, hasCarrier: true };
const HERE = { local: [ETH0], held: [] };

Deno.test("RememberedFile gives what it kept, to the same node only", async () => {
  await using stage = await openStage();
  const file = stage.file();
  assert.equal(await file.read(), undefined);
  const running = file.run(stage.signal);
  file.keep(desiredOf("192.168.0.200", "192.168.0.201"), [ETH0]);
  await stage.paused();
  assert.deepEqual(keysOf(await stage.file().read()), ["192.168.0.200", "192.168.0.201"]);
  assert.deepEqual(stage.logged, []);
  assert.equal(await stage.file({ namespace: "other" }).read(), undefined);
  assert.deepEqual(stage.logged, ["rememberedUnusable"]);
  stage.stop();
  await running;
});

Deno.test("RememberedFile is of one boot", async () => {
  await using stage = await openStage();
  const file = stage.file();
  file.keep(desiredOf("192.168.0.200"), [ETH0]);
  stage.stop();
  await file.run(stage.signal);
  assert.deepEqual(keysOf(await stage.file().read()), ["192.168.0.200"]);
  stage.reboot();
  assert.equal(await stage.file().read(), undefined);
});

Deno.test("RememberedFile is written on change alone, for nobody else to read, and at the stop", async () => {
  await using stage = await openStage();
  const file = stage.file();
  const running = file.run(stage.signal);
  file.keep(desiredOf("192.168.0.200"), [ETH0]);
  await stage.paused();
  const { mode, ino } = await Deno.stat(file.path);
  assert.equal((mode ?? 0) & 0o777, 0o600);

  file.keep(desiredOf("192.168.0.200"), [ETH0]);
  stage.goOn();
  await stage.paused();
  assert.equal((await Deno.stat(file.path)).ino, ino, "nothing is different");

  file.keep(desiredOf("192.168.0.201"), [ETH0]);
  assert.equal((await Deno.stat(file.path)).ino, ino, "it is too soon");
  stage.stop();
  await running;
  assert.deepEqual(keysOf(await file.read()), ["192.168.0.201"]);
  assert.deepEqual(await namesIn(file.path), ["n1.json"]);
});

Deno.test("RememberedFile goes when all is handed over", async () => {
  await using stage = await openStage();
  const file = stage.file();
  const running = file.run(stage.signal);
  file.keep(desiredOf("192.168.0.200"), [ETH0]);
  await stage.paused();
  file.forget();
  file.keep(desiredOf("192.168.0.201"), [ETH0]);
  stage.stop();
  await running;
  assert.deepEqual(await namesIn(file.path), []);
  assert.deepEqual(stage.logged, []);
});

Deno.test("RememberedFile that cannot be written says so once", async () => {
  await using stage = await openStage();
  await Deno.writeTextFile(`${stage.folder}/state`, "not a folder");
  const file = stage.file();
  const running = file.run(stage.signal);
  for (const key of ["192.168.0.200", "192.168.0.201"]) {
    file.keep(desiredOf(key), [ETH0]);
    stage.goOn();
    await stage.paused();
  }
  stage.stop();
  await running;
  assert.equal(await file.read(), undefined);
  assert.deepEqual(stage.logged, ["nothingRemembered"]);
});

Deno.test("RememberedView goes by the memory where the API does not answer, until it does", async () => {
  await using stage = await openStage();
  await leave(stage, "192.168.0.200");
  const recalled = Promise.withResolvers<void>();
  const view = stage.view(recalled.resolve);
  const running = view.run(stage.signal);
  await stage.paused();
  assert.equal(view.desired(HERE), undefined, "it may still answer");
  stage.goOn();
  await recalled.promise;
  assert.deepEqual([...view.desired(HERE)?.claimable.keys() ?? []], ["192.168.0.200"]);
  assert.deepEqual([...view.latest?.claimable.keys() ?? []], ["192.168.0.200"]);

  view.replace(desiredOf("192.168.0.201"), [ETH0]);
  assert.deepEqual([view.desired(HERE), view.latest], [undefined, undefined]);
  await stage.paused();
  assert.deepEqual(keysOf(await stage.file().read()), ["192.168.0.201"]);
  stage.stop();
  await running;
});

Deno.test("RememberedView recalls nothing where the API has answered", async () => {
  await using stage = await openStage();
  await leave(stage, "192.168.0.200");
  const view = stage.view(() => assert.fail("recalled"));
  const running = view.run(stage.signal);
  await stage.paused();
  view.replace(desiredOf("192.168.0.201"), [ETH0]);
  stage.goOn();
  await stage.paused();
  assert.equal(view.desired(HERE), undefined);
  assert.deepEqual(keysOf(await stage.file().read()), ["192.168.0.201"]);
  stage.stop();
  await running;
});

interface Stage extends AsyncDisposable {
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Names of the events in the log. */
  readonly logged: readonly string[];
  file(change?: Partial<RememberedFileOptions>): RememberedFile;
  view(onRecalled: () => void): RememberedView;
  /** From now on it is another boot. */
  reboot(): void;
  /** Resolves when somebody waits for time to pass. */
  paused(): Promise<void>;
  /** Lets it pass. */
  goOn(): void;
  stop(): void;
}

/** A folder, and a clock on which no time passes by itself. */
async function openStage(): Promise<Stage> {
  const folder = await Deno.makeTempDir({ prefix: "lanlord-state-" });
  const ending = new AbortController();
  const logged: string[] = [];
  let asleep = Promise.withResolvers<void>();
  let wake = Promise.withResolvers<void>();
  ending.signal.addEventListener("abort", () => wake.resolve());
  const clock: Clock = {
    now: () => 0,
    nowWall: () => 0,
    sleep: (ms, signal) => {
      if (ms === 0 || signal.aborted) return Promise.resolve();
      asleep.resolve();
      return wake.promise;
    },
  };
  let boot = 1;
  const deps = {
    clock,
    log: (_level: string, event: string): unknown => logged.push(event),
    read: (): string => `boot ${boot}`,
  };
  const file: Stage["file"] = (change = {}) => {
    const own = { folder: `${folder}/state`, node: "n1", namespace: "metallb-system", lbClass: "" };
    return new RememberedFile({ ...own, ...change }, deps);
  };
  return {
    folder,
    signal: ending.signal,
    logged,
    file,
    reboot: () => boot++,
    view: (onRecalled) =>
      new RememberedView({
        ...deps,
        node: "n1",
        memo: new DesiredMemo(),
        file: file(),
        onRecalled,
      }),
    paused: () => asleep.promise,
    goOn: () => {
      asleep = Promise.withResolvers();
      wake.resolve();
      wake = Promise.withResolvers();
    },
    stop: () => ending.abort(),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

/** Leaves a file as an earlier run would. */
async function leave(stage: Stage, key: string): Promise<void> {
  const file = stage.file();
  file.keep(desiredOf(key), [ETH0]);
  await file.run(AbortSignal.abort());
}

function desiredOf(...keys: readonly string[]): Desired {
  const memo = new DesiredMemo();
  const eligible = memo.intern(["n1", "n2"]);
  const claimable = keys.map((key): Claimable => {
    const standing = memo.standingOf({ node: "n1", key }, eligible, undefined);
    return { key, address: ipOf(key), linkIndex: 2, eligible, standing, services: [] };
  });
  return {
    claimable: new Map(claimable.map((each) => [each.key, each])),
    assigned: new Set(keys),
    nodeOfMac: new Map(),
  };
}

function keysOf(remembered: Remembered | undefined): readonly string[] | undefined {
  return remembered?.addresses.map(({ key }) => key);
}

async function namesIn(path: string): Promise<readonly string[]> {
  const entries = await Array.fromAsync(Deno.readDir(path.replace(/\/[^/]*$/, "")));
  return entries.map(({ name }) => name);
}
