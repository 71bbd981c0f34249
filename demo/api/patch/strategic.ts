import type { Json, JsonObject } from "../../../kube/types.ts";
import { isEqual, isList, isObject, listAt, textAt } from "../json.ts";
import type { Schema } from "../schema/schema.ts";
import { ApiError } from "../status.ts";

/**
 * Strategic merge patch: as a JSON merge patch, but lists whose schema names a merge key merge item by
 * item, and lists of plain values marked `merge` are added to. Directives: `$patch` (replace, delete,
 * merge), `$retainKeys`, `$deleteFromPrimitiveList/<field>`, `$setElementOrder/<field>`.
 *
 * @throws ApiError 400 when a list item lacks its merge key.
 */
export function strategicPatch(
  target: JsonObject,
  patch: JsonObject,
  schema: Schema | undefined,
): JsonObject {
  const directive = patch["$patch"];
  if (directive === "replace") return clean(patch);
  if (directive === "delete") return {};
  const next: Record<string, Json> = { ...retained(target, patch) };
  for (const [name, value] of Object.entries(patch)) {
    if (name.startsWith("$")) continue;
    if (value === null) delete next[name];
    else next[name] = patchField(next[name], value, fieldSchema(schema, name));
  }
  deleteFromPrimitiveLists(next, patch);
  orderLists(next, patch, schema, target);
  return next;
}

function fieldSchema(schema: Schema | undefined, name: string): Schema | undefined {
  return schema?.properties?.[name] ?? schema?.additionalProperties;
}

function patchField(target: Json | undefined, value: Json, schema: Schema | undefined): Json {
  if (isObject(value)) return strategicPatch(isObject(target) ? target : {}, value, schema);
  if (!isList(value)) return value;
  const before = isList(target) ? target : [];
  const key = schema?.["x-kubernetes-patch-merge-key"];
  if (key !== undefined) return patchKeyed(before, value, key, schema?.items);
  if (schema?.["x-kubernetes-patch-strategy"] !== "merge") return value.map(cleanItem);
  const added = value.filter((item) => !before.some((old) => isEqual(old, item)));
  return inOrder([...before, ...added], before, value, undefined);
}

function patchKeyed(
  target: readonly Json[],
  patch: readonly Json[],
  key: string,
  items: Schema | undefined,
): readonly Json[] {
  const isWhole = patch.some((item) => isObject(item) && isReplaceMarker(item));
  let next: readonly Json[] = isWhole ? [] : target;
  for (const item of patch) {
    if (!isObject(item) || isReplaceMarker(item)) continue;
    next = patchItem(next, item, key, items);
  }
  return inOrder(next, target, patch, key);
}

/** A list item that is nothing but `$patch: replace`: the rest of the patch is the whole list. */
function isReplaceMarker(item: JsonObject): boolean {
  return item["$patch"] === "replace" && Object.keys(item).length === 1;
}

function patchItem(
  target: readonly Json[],
  item: JsonObject,
  key: string,
  items: Schema | undefined,
): readonly Json[] {
  const id = item[key];
  if (id === undefined) {
    const message = `map: ${JSON.stringify(item)} does not contain declared merge key: ${key}`;
    throw new ApiError(400, "BadRequest", message);
  }
  const isSame = (old: Json): boolean => isObject(old) && isEqual(old[key], id);
  if (item["$patch"] === "delete") return target.filter((old) => !isSame(old));
  const index = target.findIndex(isSame);
  if (index < 0) return [...target, clean(item)];
  const before = target[index];
  const merged = strategicPatch(isObject(before) ? before : {}, item, items);
  return target.map((old, position) => position === index ? merged : old);
}

function retained(target: JsonObject, patch: JsonObject): JsonObject {
  const keys = patch["$retainKeys"];
  if (!isList(keys)) return target;
  return Object.fromEntries(Object.entries(target).filter(([name]) => keys.includes(name)));
}

function deleteFromPrimitiveLists(next: Record<string, Json>, patch: JsonObject): void {
  for (const [name, gone] of directives(patch, "$deleteFromPrimitiveList/")) {
    next[name] = listAt(next, name).filter((item) => !gone.includes(item));
  }
}

function orderLists(
  next: Record<string, Json>,
  patch: JsonObject,
  schema: Schema | undefined,
  before: JsonObject,
): void {
  for (const [name, order] of directives(patch, "$setElementOrder/")) {
    if (!isList(next[name])) continue;
    const key = fieldSchema(schema, name)?.["x-kubernetes-patch-merge-key"];
    next[name] = inOrder(listAt(next, name), listAt(before, name), order, key);
  }
}

/**
 * Items in the order of the patch, between them the others in the order they had. An item that is new
 * comes before the old ones that the patch does not name.
 */
function inOrder(
  items: readonly Json[],
  before: readonly Json[],
  order: readonly Json[],
  key: string | undefined,
): readonly Json[] {
  const idOf = (item: Json): string =>
    JSON.stringify(key !== undefined && isObject(item) ? item[key] ?? null : item);
  const old = new Map(before.map((item, index) => [idOf(item), index]));
  const byId = new Map(items.map((item) => [idOf(item), item]));
  const named = order.map(idOf).filter((id, index, all) =>
    byId.has(id) && all.indexOf(id) === index
  );
  const others = items.map(idOf).filter((id) => !named.includes(id))
    .toSorted((a, b) => (old.get(a) ?? 0) - (old.get(b) ?? 0));
  const ids: string[] = [];
  for (const id of named) {
    const place = old.get(id) ?? -1;
    while (others.length > 0 && (old.get(others[0] ?? "") ?? 0) < place) {
      ids.push(others.shift() ?? "");
    }
    ids.push(id);
  }
  return [...ids, ...others].map((id) => byId.get(id) ?? null);
}

function directives(
  patch: JsonObject,
  prefix: string,
): readonly (readonly [string, readonly Json[]])[] {
  return Object.entries(patch).flatMap(([name, value]) =>
    name.startsWith(prefix) && isList(value) ? [[name.slice(prefix.length), value] as const] : []
  );
}

/** An object of a patch as it is stored where nothing stood before: no directives, no nulls. */
function clean(object: JsonObject): JsonObject {
  const kept = Object.entries(object).filter(([name, value]) =>
    !name.startsWith("$") && value !== null
  );
  return Object.fromEntries(kept.map(([name, value]) => [name, cleanItem(value)]));
}

function cleanItem(value: Json): Json {
  if (isList(value)) {
    return value.filter((item) => textAt(item, "$patch") !== "delete").map(cleanItem);
  }
  return isObject(value) ? clean(value) : value;
}
