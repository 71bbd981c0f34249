import { type Json, type Kube, type KubeCall, KubeError } from "../../../kube/mod.ts";

/** A client, and what the server let it do. */
export interface WatchedKube {
  readonly kube: Kube;
  /** How often a right (`watch services`) was missing. */
  refusals(right: string): number;
  /** Every right that was missing, once. */
  refused(): readonly string[];
  /** How many lists of a resource were read. */
  lists(plural: string): number;
}

/** The words of kube-apiserver's refusal. */
const REFUSAL = /cannot (?<verb>[a-z]+) resource "(?<resource>[^"]+)"/;

/** Looks at what becomes of a client's calls. */
export function watchKube(kube: Kube): WatchedKube {
  const refusals = new Map<string, number>();
  const lists = new Map<string, number>();
  const count = (counts: Map<string, number>, key: string): void => {
    counts.set(key, (counts.get(key) ?? 0) + 1);
  };
  const note = (error: unknown): void => {
    const right = rightIn(error);
    if (right !== undefined) count(refusals, right);
  };
  return {
    kube: {
      request: async (call, signal) => {
        try {
          const answer = await kube.request(call, signal);
          if (call.method === "GET") count(lists, pluralOf(call));
          return answer;
        } catch (error) {
          note(error);
          throw error;
        }
      },
      stream: async function* (call, signal): AsyncGenerator<Json> {
        try {
          yield* kube.stream(call, signal);
        } catch (error) {
          note(error);
          throw error;
        }
      },
    },
    refusals: (right) => refusals.get(right) ?? 0,
    refused: () => [...refusals.keys()],
    lists: (plural) => lists.get(plural) ?? 0,
  };
}

/** The right that an error says is missing. */
function rightIn(error: unknown): string | undefined {
  if (!(error instanceof KubeError) || error.status !== 403) return undefined;
  const { verb, resource } = REFUSAL.exec(error.message)?.groups ?? {};
  return verb === undefined || resource === undefined ? undefined : `${verb} ${resource}`;
}

function pluralOf({ path }: KubeCall): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
