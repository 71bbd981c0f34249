import assert from "node:assert/strict";
import { keyOf } from "../kube/resource.ts";
import type { Service } from "../kube/types.ts";
import { Decider, type Scene } from "./decider.ts";
import type { Input } from "./holdings.ts";
import { quarantineOf } from "./quarantine.ts";
import { applyTo, configOf, reportsOf, serviceOf, testPool } from "./testing.ts";

const LOOK = { allowance: { left: 1, begun: new Set<string>() }, now: "2026-01-01T00:00:00Z" };
const CONFIG = configOf(testPool("p", ["10.0.0.1-10.0.0.2"]), testPool("q", ["10.1.0.1/32"]));

/** A world of which the decider is told what `change` names, and nothing else. */
class World {
  readonly services = new Map<string, Service>();
  readonly decider = new Decider(undefined);
  scene: Omit<Scene, "changed" | "keys" | "view"> = {
    config: CONFIG,
    quarantine: new Map(),
    namespaces: new Map(),
  };
  #version = 1;

  set(service: Service): string {
    const key = keyOf(service.meta);
    const resourceVersion = `${++this.#version}`;
    this.services.set(key, { ...service, meta: { ...service.meta, resourceVersion } });
    return key;
  }

  sceneOf(changed: readonly string[]): Scene {
    const view = (key: string): Input => ({ service: this.services.get(key), doubtful: [] });
    return { ...this.scene, changed, keys: () => this.services.keys(), view };
  }

  /** Looks, writes what must be, and tells what was written: `name: addresses`. */
  look(...changed: readonly string[]): readonly string[] {
    const { actions } = this.decider.look(this.sceneOf(changed), LOOK);
    return actions.map((action) => {
      const key = this.set(applyTo(action.service, [action]));
      const { meta: { name }, ingress } = this.services.get(key) ?? action.service;
      return `${name}: ${ingress.map(({ ip }) => ip).join()}`;
    });
  }

  /** Looks until nothing has to be written; what the last look wrote is what changed. */
  settle(...changed: readonly string[]): readonly string[] {
    const first = this.look(...changed);
    const written = first.map((text) => `default/${text.split(":")[0]}`);
    return first.length === 0 ? [] : [...first, ...this.settle(...written)];
  }
}

Deno.test("the first look is at everything, the next ones at what changed", () => {
  const world = new World();
  world.set(serviceOf({ name: "a" }));
  assert.deepEqual(world.settle(), ["a: 10.0.0.1"]);
  const b = world.set(serviceOf({ name: "b" }));
  assert.deepEqual(world.look(), []);
  assert.deepEqual(world.settle(b), ["b: 10.0.0.2"]);
});

Deno.test("a changed configuration, a changed quarantine and a new leader look at everything", () => {
  const world = new World();
  world.set(serviceOf({ name: "a" }));
  assert.deepEqual(world.settle(), ["a: 10.0.0.1"]);
  world.set(serviceOf({ name: "b" }));
  world.decider.forget();
  assert.deepEqual(world.settle(), ["b: 10.0.0.2"]);
  const quarantine = quarantineOf([reportsOf("n1", { ip: "10.0.0.1" })]);
  world.scene = { ...world.scene, quarantine };
  assert.deepEqual(world.settle(), ["a: 10.1.0.1"]);
  world.scene = { ...world.scene, config: configOf(testPool("r", ["10.2.0.1-10.2.0.9"])) };
  assert.deepEqual(world.settle(), ["a: 10.2.0.1", "b: 10.2.0.2"]);
});

Deno.test("a quarantine that says the same again is no change", () => {
  const world = new World();
  world.scene = { ...world.scene, quarantine: quarantineOf([reportsOf("n1", { ip: "10.0.0.1" })]) };
  world.look();
  world.set(serviceOf({ name: "a" }));
  world.scene = { ...world.scene, quarantine: quarantineOf([reportsOf("n1", { ip: "10.0.0.1" })]) };
  assert.deepEqual(world.look(), []);
});

Deno.test("the use of pools is told for all of them first, then for those that changed", () => {
  const world = new World();
  const a = world.set(serviceOf({ name: "a" }));
  const use = (...changed: readonly string[]): string => {
    const outlook = world.decider.look(world.sceneOf(changed), LOOK);
    const pools = outlook.use.pools.map(({ pool, used }) => `${pool} ${used.IPv4}`);
    return `${outlook.use.kind}: ${pools.join(", ")}`;
  };
  assert.equal(use(), "all: p 1, q 0");
  assert.equal(use(), "changed: ");
  world.services.delete(a);
  assert.equal(use(a), "changed: p 0");
});

Deno.test("an audit finds what the decider was not told of, and everything is looked at again", () => {
  const world = new World();
  world.set(serviceOf({ name: "a" }));
  world.settle();
  assert.deepEqual(world.decider.audit(world.sceneOf([]), LOOK), []);
  const b = world.set(serviceOf({ name: "b" }));
  assert.deepEqual(
    world.decider.audit(world.sceneOf([]), LOOK),
    [],
    "nothing is known to have changed",
  );
  const a = world.set(serviceOf({ name: "a", held: ["10.0.0.1"] }));
  world.settle(a);
  assert.deepEqual(world.decider.audit(world.sceneOf([]), LOOK), [b]);
  assert.deepEqual(world.settle(), ["b: 10.0.0.2"]);
  assert.deepEqual(world.decider.audit(world.sceneOf([]), LOOK), []);
});
