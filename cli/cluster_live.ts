import {
  createClient,
  isForbidden,
  isNotFound,
  type Kube,
  listAll,
  loadCredentials,
  type Resource,
  type Selection,
} from "../kube/mod.ts";
import { messageOf } from "../ops/log.ts";
import { systemClock } from "../ops/clock.ts";
import type { UnreadKind } from "../explain/mod.ts";
import type { ObjectSource } from "./cluster.ts";
import { type Io, UsageError } from "./io.ts";
import { unreadableCluster } from "./unreadable_cluster.ts";

/** A cluster to read, and to let go of. */
export type LiveSource = ObjectSource & Disposable;

/**
 * The cluster that a kubeconfig names, or else the environment.
 *
 * @throws UsageError where there is none, or its credentials make no sense
 */
export async function openLive(kubeconfig: string | undefined, io: Io): Promise<LiveSource> {
  const credentials = await loadCredentials({ kubeconfig, env: io.env }).catch(asUsageError);
  const kube = createClient(credentials, { clock: systemClock });
  const { server } = credentials;
  return {
    readAtMs: systemClock.nowWall(),
    read: (resource, selection) =>
      readLive(kube, resource, selection, io.signal).catch((error: unknown) => {
        throw new UsageError(unreadableCluster(error, server), { cause: error });
      }),
    [Symbol.dispose]: () => kube[Symbol.dispose](),
  };
}

/** The source that an API client is. @throws KubeError where the server does not answer, or knows nobody */
async function readLive<T>(
  kube: Kube,
  resource: Resource<T>,
  selection: Selection,
  signal: AbortSignal,
): Promise<readonly T[] | UnreadKind["why"]> {
  try {
    return await listAll(kube, resource, selection, signal);
  } catch (error) {
    if (isForbidden(error)) return "forbidden";
    if (isNotFound(error)) return "not-installed";
    throw error;
  }
}

function asUsageError(error: unknown): never {
  throw new UsageError(messageOf(error), { cause: error });
}
