import type { Json, JsonObject } from "../../kube/types.ts";
import { admitCreate, admitStatus, admitUpdate, isUnchanged } from "./admit.ts";
import type { FieldValidation } from "./admit.ts";
import { listAt, objectAt, textAt, withAt } from "./json.ts";
import type { Kind, World } from "./kind.ts";
import { BUILT_IN_KINDS } from "./kinds/built_in.ts";
import { CUSTOM_RESOURCE_DEFINITION } from "./kinds/crd.ts";
import { NAMESPACE } from "./kinds/core.ts";
import { SERVICE } from "./kinds/service.ts";
import { ServiceNumberPool } from "./numbers.ts";
import { Owners, ownersOf } from "./owners.ts";
import { Registry } from "./registry.ts";
import { alreadyExists, conflict, forbidden, notFound } from "./status.ts";
import { keyOf, Store } from "./store.ts";
import type { Change } from "./store.ts";

/** Which object is meant. */
export interface Target {
  readonly kind: Kind;
  /** Empty for kinds without namespaces. */
  readonly namespace: string;
  readonly name: string;
}

/** How a write is made. */
export interface WriteOptions {
  readonly isDryRun: boolean;
  readonly fieldValidation: FieldValidation;
  readonly warn: (message: string) => void;
}

/** How a deletion is made. */
export interface DeleteOptions {
  readonly isDryRun: boolean;
  readonly propagation: "Background" | "Foreground" | "Orphan";
  readonly uid: string;
  readonly resourceVersion: string;
}

/** Where time and randomness come from. */
export interface ClusterSources {
  /** ms since 1970 */
  readonly now: () => number;
  readonly newUid: () => string;
  readonly newSuffix: () => string;
  readonly historyLimit: number;
  /** Does the work that follows the deletion of a Namespace, now or later. */
  readonly schedule: (work: () => void) => void;
}

/** All state of the API server and every transition of it, without HTTP. */
export class Cluster {
  readonly store: Store;
  readonly registry = new Registry(BUILT_IN_KINDS);
  readonly #owners = new Owners();
  readonly #numbers = new ServiceNumberPool();
  readonly #sources: ClusterSources;
  /** While true, one look at the end finds out whether a namespace is empty, not one per object. */
  #isEmptying = false;

  constructor(sources: ClusterSources) {
    this.#sources = sources;
    this.store = new Store(sources.historyLimit);
    this.store.listen("*", (change) => this.#observe(change));
  }

  /** ms since 1970. */
  now(): number {
    return this.#sources.now();
  }

  /** @throws ApiError 404 */
  get(target: Target): JsonObject {
    const found = this.store.get(target.kind.storage, keyIn(target));
    if (found === undefined) throw notFound(target.kind, target.name);
    return found;
  }

  /** @throws ApiError 400, 403, 404, 409 or 422 */
  create(kind: Kind, namespace: string, body: JsonObject, options: WriteOptions): JsonObject {
    if (kind.scope === "Namespaced") this.#checkNamespace(kind, namespace, body);
    const object = admitCreate(kind.write(body), namespace, {
      kind,
      world: this.#world(),
      ...options,
    });
    const key = keyOf(object);
    if (this.store.get(kind.storage, key) !== undefined) {
      throw alreadyExists(kind, textAt(object, "metadata", "name"));
    }
    return options.isDryRun ? object : this.store.put(kind.storage, key, object);
  }

  /** @throws ApiError 400, 404, 409 or 422 */
  update(
    target: Target,
    part: "main" | "status",
    body: JsonObject,
    options: WriteOptions,
  ): JsonObject {
    const before = this.get(target);
    const { kind } = target;
    const admit = part === "status" ? admitStatus : admitUpdate;
    const next = admit(kind.write(body), before, { kind, world: this.#world(), ...options });
    if (isUnchanged(next, before)) return before;
    if (options.isDryRun) return next;
    if (isDone(next)) return this.store.remove(kind.storage, keyIn(target)) ?? next;
    return this.store.put(kind.storage, keyIn(target), next);
  }

  /** The object after the deletion, and whether it is gone or waits for its finalizers. */
  remove(
    target: Target,
    options: DeleteOptions,
  ): { readonly object: JsonObject; readonly isGone: boolean } {
    const before = this.get(target);
    checkPreconditions(before, target, options);
    if (options.isDryRun) return { object: before, isGone: true };
    const uid = textAt(before, "metadata", "uid");
    if (options.propagation === "Orphan") this.#orphan(uid);
    if (target.kind.storage === NAMESPACE.storage) return this.#removeNamespace(target, before);
    return this.#removeOne(target, before);
  }

  #removeOne(
    target: Target,
    before: JsonObject,
  ): { readonly object: JsonObject; readonly isGone: boolean } {
    const { storage } = target.kind;
    if (listAt(before, "metadata", "finalizers").length > 0) {
      if (textAt(before, "metadata", "deletionTimestamp") !== "") {
        return { object: before, isGone: false };
      }
      const marked = withAt(
        withAt(before, ["metadata", "deletionTimestamp"], this.#world().now),
        ["metadata", "deletionGracePeriodSeconds"],
        0,
      );
      return { object: this.store.put(storage, keyIn(target), marked), isGone: false };
    }
    return { object: this.store.remove(storage, keyIn(target)) ?? before, isGone: true };
  }

  #removeNamespace(
    target: Target,
    before: JsonObject,
  ): { readonly object: JsonObject; readonly isGone: boolean } {
    if (["default", "kube-system", "kube-public"].includes(target.name)) {
      throw forbidden(target.kind, target.name, "this namespace may not be deleted");
    }
    if (textAt(before, "metadata", "deletionTimestamp") !== "") {
      return { object: before, isGone: false };
    }
    const marked = withAt(
      withAt(before, ["metadata", "deletionTimestamp"], this.#world().now),
      ["status", "phase"],
      "Terminating",
    );
    const object = this.store.put(target.kind.storage, keyIn(target), marked);
    this.#sources.schedule(() => this.#emptyNamespace(target.name));
    return { object, isGone: false };
  }

  #emptyNamespace(name: string): void {
    this.#isEmptying = true;
    for (const storage of this.store.storages()) {
      const kind = this.registry.ofStorage(storage);
      if (kind?.scope === "Namespaced") this.#empty(kind, name);
    }
    this.#isEmptying = false;
    this.#finishNamespace(name);
  }

  #empty(kind: Kind, namespace: string | undefined): void {
    const prefix = namespace === undefined ? "" : `${namespace}/`;
    for (const key of this.store.keys(kind.storage).filter((one) => one.startsWith(prefix))) {
      const object = this.store.get(kind.storage, key);
      if (object !== undefined) this.#removeOne(targetOf(kind, object), object);
    }
  }

  /** Removes a terminating namespace once nothing is left in it. */
  #finishNamespace(name: string): void {
    const namespace = this.store.get(NAMESPACE.storage, `/${name}`);
    if (textAt(namespace, "metadata", "deletionTimestamp") === "") return;
    const isUsed = this.store.storages().some((storage) =>
      this.store.keys(storage).some((key) => key.startsWith(`${name}/`))
    );
    if (!isUsed) this.store.remove(NAMESPACE.storage, `/${name}`);
  }

  #checkNamespace(kind: Kind, namespace: string, body: JsonObject): void {
    const found = this.store.get(NAMESPACE.storage, `/${namespace}`);
    if (found === undefined) throw notFound(NAMESPACE, namespace);
    if (textAt(found, "metadata", "deletionTimestamp") === "") return;
    const why = `unable to create new content in namespace ${namespace} because it is being ` +
      "terminated";
    throw forbidden(kind, textAt(body, "metadata", "name"), why);
  }

  #orphan(uid: string): void {
    for (const { storage, key } of this.#owners.dependentsOf(uid)) {
      const object = this.store.get(storage, key);
      if (object === undefined) continue;
      const others: readonly Json[] = listAt(object, "metadata", "ownerReferences")
        .filter((owner) => textAt(owner, "uid") !== uid);
      const left = others.length === 0 ? undefined : others;
      this.store.put(storage, key, withAt(object, ["metadata", "ownerReferences"], left));
    }
  }

  /** What follows from a change, whoever made it. */
  #observe(change: Change): void {
    this.#owners.observe(change);
    const after = change.type === "DELETED" ? undefined : change.object;
    if (change.storage === SERVICE.storage) this.#numbers.observe(change.before, after);
    if (change.storage === CUSTOM_RESOURCE_DEFINITION.storage) this.#define(change, after);
    if (change.type === "DELETED") this.#collect(change.object);
    if (change.storage === NAMESPACE.storage && change.type === "ADDED") {
      this.#createAccount(textAt(change.object, "metadata", "name"));
    }
  }

  #define(change: Change, after: JsonObject | undefined): void {
    const name = textAt(change.object, "metadata", "name");
    if (after === undefined) {
      const [kind] = this.registry.kinds.filter((one) => `${one.plural}.${one.group}` === name);
      if (kind !== undefined) this.#empty(kind, undefined);
    }
    this.registry.define(name, after);
  }

  /** Removes what an object owned, unless another owner is left; finishes its namespace. */
  #collect(gone: JsonObject): void {
    for (const { storage, key } of this.#owners.dependentsOf(textAt(gone, "metadata", "uid"))) {
      const dependent = this.store.get(storage, key);
      const kind = this.registry.ofStorage(storage);
      if (dependent === undefined || kind === undefined) continue;
      const owners = ownersOf(dependent);
      if (owners.length > 1 && owners.some((uid) => this.#exists(uid, dependent))) continue;
      this.#removeOne(targetOf(kind, dependent), dependent);
    }
    const namespace = textAt(gone, "metadata", "namespace");
    if (namespace !== "" && !this.#isEmptying) this.#finishNamespace(namespace);
  }

  #exists(uid: string, dependent: JsonObject): boolean {
    const owner = listAt(dependent, "metadata", "ownerReferences")
      .find((one) => textAt(one, "uid") === uid);
    const kind = this.registry.kinds.find((one) => one.kind === textAt(owner, "kind"));
    if (kind === undefined) return false;
    const namespace = kind.scope === "Namespaced" ? textAt(dependent, "metadata", "namespace") : "";
    const found = this.store.get(kind.storage, `${namespace}/${textAt(owner, "name")}`);
    return textAt(found, "metadata", "uid") === uid;
  }

  #createAccount(namespace: string): void {
    const world = this.#world();
    const metadata = {
      name: "default",
      namespace,
      uid: world.newUid(),
      creationTimestamp: world.now,
    };
    this.store.put("/serviceaccounts", `${namespace}/default`, { metadata });
  }

  #world(): World {
    return {
      now: new Date(this.#sources.now()).toISOString().replace(/\.\d+Z$/, "Z"),
      newUid: this.#sources.newUid,
      newSuffix: this.#sources.newSuffix,
      services: this.#numbers,
    };
  }
}

function targetOf(kind: Kind, object: JsonObject): Target {
  const metadata = objectAt(object, "metadata");
  return { kind, namespace: textAt(metadata, "namespace"), name: textAt(metadata, "name") };
}

function keyIn(target: Target): string {
  return `${target.namespace}/${target.name}`;
}

/** Whether an object has nothing left to wait for on its way out. */
function isDone(object: JsonObject): boolean {
  return textAt(object, "metadata", "deletionTimestamp") !== "" &&
    listAt(object, "metadata", "finalizers").length === 0 &&
    textAt(object, "status", "phase") !== "Terminating";
}

function checkPreconditions(before: JsonObject, target: Target, options: DeleteOptions): void {
  const uid = textAt(before, "metadata", "uid");
  if (options.uid !== "" && options.uid !== uid) {
    const why = `Precondition failed: UID in precondition: ${options.uid}, ` +
      `UID in object meta: ${uid}`;
    throw conflict(target.kind, target.name, why);
  }
  const version = textAt(before, "metadata", "resourceVersion");
  if (options.resourceVersion === "" || options.resourceVersion === version) return;
  const why = `Precondition failed: ResourceVersion in precondition: ${options.resourceVersion}, ` +
    `ResourceVersion in object meta: ${version}`;
  throw conflict(target.kind, target.name, why);
}
