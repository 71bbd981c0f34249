import { isGone } from "./errors.ts";
import { isObject, objectAt, objectsAt, stringAt } from "./json.ts";
import type { Kube, Selection } from "./kube.ts";
import { pathOf, type Resource } from "./resource.ts";
import type { JsonObject } from "./types.ts";

const PAGE_SIZE = 500;

/**
 * All selected objects of one kind as of now, read page by page; those that `resource.parse` leaves out are
 * missing; `narrowing` is not asked for. A list that expires between two pages is asked for anew, as a whole.
 *
 * @throws KubeError where the server does not give it: 403 without the right, 404 without the kind
 */
export async function listAll<T>(
  kube: Kube,
  resource: Resource<T>,
  selection: Selection,
  signal: AbortSignal,
): Promise<readonly T[]> {
  try {
    const limit = String(selection.pageSize ?? PAGE_SIZE);
    return await readPages({ kube, resource, selection, signal }, { limit });
  } catch (error) {
    if (!isGone(error)) throw error;
    return await readPages({ kube, resource, selection, signal }, {});
  }
}

/** What is listed, and where. */
export interface ListSource<T> {
  readonly kube: Kube;
  readonly resource: Resource<T>;
  readonly selection: Selection;
  readonly signal: AbortSignal;
}

/**
 * The pages of a list as the server sends them, the first as new as the store; without `limit` there is one.
 *
 * @throws KubeError where the server does not give one, 410 where the list expired meanwhile
 */
export async function* listPages<T>(
  { kube, resource, selection, signal }: ListSource<T>,
  paging: { readonly limit?: string },
): AsyncGenerator<JsonObject, void, undefined> {
  const { namespace, narrowing: _narrowing, pageSize: _pageSize, ...selectors } = selection;
  const path = pathOf(resource, namespace === undefined ? {} : { namespace });
  let next: string | undefined;
  do {
    const query = { ...selectors, ...paging, ...(next === undefined ? {} : { continue: next }) };
    const answer = await kube.request({ method: "GET", path, query }, signal);
    const page = isObject(answer) ? answer : {};
    yield page;
    next = stringAt(objectAt(page, "metadata"), "continue") || undefined;
  } while (next !== undefined);
}

async function readPages<T>(
  source: ListSource<T>,
  paging: { readonly limit?: string },
): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const page of listPages(source, paging)) {
    for (const item of objectsAt(page, "items")) {
      const object = source.resource.parse(item);
      if (object !== undefined) found.push(object);
    }
  }
  return found;
}
