import { type Clock, systemClock } from "../ops/clock.ts";
import type { Credentials } from "./access.ts";
import { loadKubeconfig } from "./kubeconfig_file.ts";
import { fileToken } from "./token.ts";

/** Where to look for credentials. */
export interface CredentialsOptions {
  /** The file named on the command line. */
  readonly kubeconfig?: string | undefined;
  /** Reads one variable of the environment: `KUBECONFIG`, `KUBERNETES_SERVICE_HOST`, `HOME` … */
  readonly env: (name: string) => string | undefined;
  /** @default the machine's clocks */
  readonly clock?: Clock;
  /** Folder of the pod's service account. @default "/var/run/secrets/kubernetes.io/serviceaccount" */
  readonly serviceAccount?: string;
}

/**
 * Finds the cluster: the kubeconfig named, else `KUBECONFIG` (files joined by `:`), else the pod's
 * service account, else `~/.kube/config`.
 *
 * @throws Error that says where it looked when there is nothing, or what is wrong with what is there
 */
export async function loadCredentials(options: CredentialsOptions): Promise<Credentials> {
  const { kubeconfig, env, clock = systemClock } = options;
  if (kubeconfig !== undefined) return await loadKubeconfig([kubeconfig], clock);
  const named = (env("KUBECONFIG") ?? "").split(":").filter((file) => file !== "");
  if (named.length > 0) return await loadKubeconfig(await existing(named), clock);
  const inCluster = await loadServiceAccount(options, clock);
  if (inCluster !== undefined) return inCluster;
  const home = `${env("HOME") ?? ""}/.kube/config`;
  if (await exists(home)) return await loadKubeconfig([home], clock);
  throw new Error(
    "Cannot find the cluster: wanted --kubeconfig, KUBECONFIG, a service account in a pod, " +
      `or "${home}", found none of them`,
  );
}

const SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

async function loadServiceAccount(
  options: CredentialsOptions,
  clock: Clock,
): Promise<Credentials | undefined> {
  const { env, serviceAccount = SERVICE_ACCOUNT } = options;
  const host = env("KUBERNETES_SERVICE_HOST");
  const port = env("KUBERNETES_SERVICE_PORT") ?? "443";
  if (host === undefined || host === "" || !await exists(`${serviceAccount}/token`)) {
    return undefined;
  }
  return {
    server: `https://${host.includes(":") ? `[${host}]` : host}:${port}`,
    origin: `service account "${serviceAccount}"`,
    namespace: await readOptional(`${serviceAccount}/namespace`),
    token: fileToken(`${serviceAccount}/token`, clock),
    tls: { caCerts: [await Deno.readTextFile(`${serviceAccount}/ca.crt`)] },
  };
}

/** Of several files those that exist, as kubectl does; a single one must exist. */
async function existing(files: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const file of files) if (await exists(file)) found.push(file);
  return found.length === 0 ? files.slice(0, 1) : found;
}

async function readOptional(file: string): Promise<string | undefined> {
  return await exists(file) ? (await Deno.readTextFile(file)).trim() : undefined;
}

async function exists(file: string): Promise<boolean> {
  try {
    await Deno.stat(file);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw new Error(`Cannot look at "${file}"`, { cause: error });
  }
}
