import type { ServiceRequest } from "./request.ts";

/** The command that makes a Service say what it must, for a shell: `kubectl annotate …`. */
export function formatCommand(request: ServiceRequest): string {
  const { namespace, name, annotations, dropsLoadBalancerIP } = request;
  const inNamespace = namespace === "" ? [] : ["-n", namespace];
  if (!dropsLoadBalancerIP) {
    const pairs = Object.entries(annotations).map(([key, value]) => `${key}=${value}`);
    return line(["kubectl", "annotate", "service", ...inNamespace, name, "--overwrite", ...pairs]);
  }
  const patch = { metadata: { annotations }, spec: { loadBalancerIP: null } };
  const merge = ["--type", "merge", "-p", JSON.stringify(patch)];
  return line(["kubectl", "patch", "service", ...inNamespace, name, ...merge]);
}

/** Words that a shell takes as they are; names come out of files, and may be anything. */
function line(words: readonly string[]): string {
  return words
    .map((word) =>
      /^[A-Za-z0-9_./:=,@-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
    )
    .join(" ");
}
