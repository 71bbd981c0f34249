import type { Json } from "../../../kube/types.ts";
import { at, isEqual, isList, isObject, textAt } from "../json.ts";
import { ApiError } from "../status.ts";

/**
 * JSON Patch (RFC 6902): all operations in order, or none.
 *
 * @throws ApiError 422 when a path does not exist or a `test` does not hold, 400 when the patch is no patch.
 */
export function jsonPatch(target: Json, patch: Json): Json {
  if (!isList(patch)) throw new ApiError(400, "BadRequest", "a JSON Patch must be a list");
  return patch.reduce<Json>(applyOperation, target);
}

function applyOperation(target: Json, operation: Json): Json {
  const name = textAt(operation, "op");
  const path = parsePointer(textAt(operation, "path"));
  const value = at(operation, "value");
  switch (name) {
    case "add":
      return edit(target, path, needValue(value), "add");
    case "replace":
      return edit(target, path, needValue(value), "replace");
    case "remove":
      return edit(target, path, undefined, "replace");
    case "move":
    case "copy": {
      const from = parsePointer(textAt(operation, "from"));
      const found = needValue(read(target, from));
      const base = name === "move" ? edit(target, from, undefined, "replace") : target;
      return edit(base, path, found, "add");
    }
    case "test":
      if (isEqual(read(target, path), value ?? null)) return target;
      throw unprocessable(`testing value ${textAt(operation, "path")} failed`);
    default:
      throw new ApiError(400, "BadRequest", `unexpected JSON Patch operation "${name}"`);
  }
}

/** RFC 6901: `~1` stands for `/`, `~0` for `~`. */
function parsePointer(pointer: string): readonly string[] {
  if (pointer === "") return [];
  return pointer.slice(1).split("/").map((part) =>
    part.replaceAll("~1", "/").replaceAll("~0", "~")
  );
}

function needValue(value: Json | undefined): Json {
  if (value === undefined) throw unprocessable("the value of the operation is missing");
  return value;
}

function read(target: Json, path: readonly string[]): Json | undefined {
  let here: Json | undefined = target;
  for (const key of path) {
    here = isList(here) ? here[Number(key)] : at(here, key);
  }
  return here;
}

function edit(
  target: Json | undefined,
  path: readonly string[],
  value: Json | undefined,
  mode: "add" | "replace",
): Json {
  const [key, ...rest] = path;
  if (key === undefined) return value ?? null;
  if (isList(target)) return editList(target, key, rest, value, mode);
  if (!isObject(target)) throw missing(path);
  if (rest.length > 0) return { ...target, [key]: edit(target[key], rest, value, mode) };
  // As in the API server, a field need not be there to be replaced.
  if (value === undefined && target[key] === undefined) throw missing(path);
  if (value !== undefined) return { ...target, [key]: value };
  return Object.fromEntries(Object.entries(target).filter(([name]) => name !== key));
}

function editList(
  target: readonly Json[],
  key: string,
  rest: readonly string[],
  value: Json | undefined,
  mode: "add" | "replace",
): Json {
  const index = key === "-" ? target.length : Number(key);
  const isInsert = mode === "add" && rest.length === 0;
  if (!Number.isInteger(index) || index < 0 || index > target.length - (isInsert ? 0 : 1)) {
    throw missing([key, ...rest]);
  }
  const next = [...target];
  if (rest.length > 0) next[index] = edit(target[index], rest, value, mode);
  else if (value === undefined) next.splice(index, 1);
  else next.splice(index, isInsert ? 0 : 1, value);
  return next;
}

function missing(path: readonly string[]): ApiError {
  return unprocessable(`there is nothing at "/${path.join("/")}" of the object`);
}

/** The API server does not tell clients why, and `kubectl` prints what it is told. */
function unprocessable(why: string): ApiError {
  const message = "the server rejected our request due to an error in our request";
  return new ApiError(422, "Invalid", message, undefined, why);
}
