import assert from "node:assert/strict";
import type { Config } from "../../config/config.ts";
import { ALLOCATED_FROM_POOL } from "../../controller/annotations.ts";
import { assigned, configOf, settleAll, testPool } from "../../controller/testing.ts";
import type { Service } from "../../kube/types.ts";

/** What people change at a live Service; annotations are merged, and `undefined` removes one. */
export interface Edit extends Partial<Omit<Service, "meta">> {
  readonly annotations?: Readonly<Record<string, string | undefined>>;
}

/** A change of a live Service, or of the configuration under it, and what comes of it. */
export interface Change {
  readonly name: string;
  readonly config: Config;
  /** Settled with `config` first. */
  readonly services: readonly Service[];
  /** By name of the Service. */
  readonly edits?: Readonly<Record<string, Edit>>;
  /** The configuration afterwards. @default the same */
  readonly then?: Config;
  readonly want: Readonly<Record<string, string>>;
  /** `reason: part of the message` of the Events since the change. @default none */
  readonly told?: readonly string[];
}

/** A pool of nine addresses. */
export const LAN = configOf(testPool("lan", ["10.0.0.1-10.0.0.9"]));
/** A pool with one address. */
export const LAST = configOf(testPool("lan", ["10.0.0.1"]));
/** Two pools, the second with one address. */
export const TWO = configOf(testPool("a", ["10.0.1.1-10.0.1.2"]), testPool("b", ["10.0.2.1"]));
/** A pool with both families. */
export const DUAL = configOf(testPool("dual", ["10.0.0.1-10.0.0.3", "fd00::1-fd00::3"]));

const BOTH = ["IPv4", "IPv6"];
/** The spec of a Service with one family. */
export const SINGLE = { ipFamilyPolicy: "SingleStack", ipFamilies: ["IPv4"] };
/** The spec of a Service that prefers both families. */
export const PREFER = { ipFamilyPolicy: "PreferDualStack", ipFamilies: BOTH };
/** The spec of a Service that needs both families. */
export const REQUIRE = { ipFamilyPolicy: "RequireDualStack", ipFamilies: BOTH };

/**
 * Makes the change to the settled Services and settles again.
 *
 * @throws AssertionError when something else comes of it than the row says
 */
export function assertChange(
  { config, services, edits = {}, then = config, want, told = [] }: Change,
): void {
  const before = settleAll(config, services).services;
  const changed = before.map((service) => edited(service, edits[service.meta.name]));
  const after = settleAll(then, changed);
  assert.deepEqual(withPools(after.services), want);
  const reversed = settleAll(then, changed.toReversed()).services;
  assert.deepEqual(withPools(reversed), want);
  assert.equal(after.notes.length, told.length, JSON.stringify(after.notes, null, 1));
  for (const [i, { reason, message }] of after.notes.entries()) {
    const [wanted = "", ...parts] = told[i]?.split(/: |; /) ?? [];
    assert.equal(reason, wanted, message);
    for (const part of parts) assert.ok(message.includes(part), `${message}: ${part}`);
  }
}

function edited(service: Service, edit: Edit = {}): Service {
  const { annotations = {}, ...fields } = edit;
  const merged = Object.entries({ ...service.meta.annotations, ...annotations })
    .flatMap(([name, text]) => text === undefined ? [] : [[name, text] as const]);
  return {
    ...service,
    ...fields,
    meta: { ...service.meta, annotations: Object.fromEntries(merged) },
  };
}

/** Addresses and what `ip-allocated-from-pool` says, by name of the Service. */
function withPools(services: readonly Service[]): Readonly<Record<string, string>> {
  const addresses = assigned(services);
  return Object.fromEntries(
    services.map(({ meta: { name, annotations } }) => [
      name,
      `${addresses[name]} ${annotations[ALLOCATED_FROM_POOL] ?? ""}`.trim(),
    ]),
  );
}
