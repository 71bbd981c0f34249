import { KubeError } from "../kube/mod.ts";
import { messageOf } from "../ops/log.ts";

/**
 * Why nothing could be read from an API server, in the words of a person who asked for it: which server, and
 * what is wrong between here and there. No full stop.
 */
export function unreadableCluster(error: unknown, server: string): string {
  if (!(error instanceof KubeError)) return messageOf(error);
  switch (error.status) {
    case 0:
      return `Cannot reach the API server ${server}: ${innermost(error)}`;
    case 401:
      return `Cannot read from the API server ${server}: it does not accept these credentials (401)`;
    default:
      return `Cannot read from the API server ${server}: ${messageOf(error)}`;
  }
}

/** What happened at the socket: what was tried stands in the layers around it. */
function innermost(error: Error): string {
  let inner = error;
  while (inner.cause instanceof Error) inner = inner.cause;
  const text = inner instanceof KubeError ? inner.detail : inner.message;
  return text.replace(/^.*client error \([A-Za-z]+\): /, "").replace(/ \(os error \d+\)$/, "");
}
