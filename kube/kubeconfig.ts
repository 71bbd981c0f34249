import { isObject, objectAt, objectsAt, stringAt, stringsAt } from "./json.ts";
import type { Json, JsonObject } from "./types.ts";

/** A kubeconfig file, decoded. */
export interface KubeconfigDocument {
  /** Where it was read, for messages and as the base of relative file names. */
  readonly file: string;
  readonly value: Json;
}

/** The context that a kubeconfig names as current: what is needed to reach the cluster. */
export interface KubeconfigContext {
  readonly context: string;
  readonly server: string;
  readonly namespace: string | undefined;
  readonly proxyUrl: string | undefined;
  readonly certificateAuthority: Pem | undefined;
  readonly clientCertificate: Pem | undefined;
  readonly clientKey: Pem | undefined;
  readonly token: KubeconfigToken;
}

/** A PEM text: in the kubeconfig itself, or in a file of its own. */
export type Pem =
  | { readonly kind: "base64"; readonly text: string }
  | { readonly kind: "file"; readonly file: string };

/** Where the bearer token comes from. */
export type KubeconfigToken =
  | { readonly kind: "none" }
  | { readonly kind: "text"; readonly token: string }
  | { readonly kind: "file"; readonly file: string }
  | { readonly kind: "exec"; readonly plugin: ExecPlugin };

/** A credential plugin (client.authentication.k8s.io), run to get a token. */
export interface ExecPlugin {
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** What to tell the user when the command is missing. */
  readonly installHint: string | undefined;
  /** `spec.cluster` of the ExecCredential, where the plugin wants it. */
  readonly cluster: JsonObject | undefined;
}

/**
 * Reads the current context out of one kubeconfig, or out of several merged as kubectl does: of two
 * entries with the same name the first wins, and the first `current-context` counts.
 *
 * @throws SyntaxError naming file and field when something is missing or has no meaning
 * @throws RangeError naming file and field when something is meant that cannot be honoured
 */
export function parseKubeconfig(documents: readonly KubeconfigDocument[]): KubeconfigContext {
  const name = documents.map(({ value }) => textIn(value, "current-context")).find(Boolean);
  const files = documents.map(({ file }) => `"${file}"`).join(", ");
  if (name === undefined) {
    throw new SyntaxError(`Cannot use kubeconfig ${files}: wanted "current-context", found none`);
  }
  const context = find(documents, "contexts", "context", name);
  const cluster = find(documents, "clusters", "cluster", required(context, "cluster"));
  const userName = stringAt(context.entry, "user") || undefined;
  const user = userName === undefined ? undefined : find(documents, "users", "user", userName);
  refuse(cluster, CLUSTER_REFUSALS);
  if (user !== undefined) refuse(user, USER_REFUSALS);
  return {
    context: name,
    server: serverOf(cluster),
    namespace: stringAt(context.entry, "namespace") || undefined,
    proxyUrl: stringAt(cluster.entry, "proxy-url") || undefined,
    certificateAuthority: pemOf(cluster, "certificate-authority"),
    ...clientCertificateOf(user),
    token: user === undefined ? { kind: "none" } : tokenOf(user, cluster),
  };
}

/** A named entry with the file it stands in. */
interface Found {
  readonly file: string;
  /** For messages: `users[admin].user`. */
  readonly path: string;
  readonly entry: JsonObject;
}

const CLUSTER_REFUSALS: ReadonlyMap<string, string> = new Map([
  ["insecure-skip-tls-verify", `give the certificate in "certificate-authority-data" instead`],
  ["tls-server-name", "give a server address that its certificate names"],
]);

const USER_REFUSALS: ReadonlyMap<string, string> = new Map([
  ["auth-provider", `it was removed in Kubernetes 1.26; use "exec"`],
  ["username", "basic authentication was removed in Kubernetes 1.19; use a token"],
  ["password", "basic authentication was removed in Kubernetes 1.19; use a token"],
  ["as", "impersonation is not supported"],
  ["as-uid", "impersonation is not supported"],
  ["as-groups", "impersonation is not supported"],
  ["as-user-extra", "impersonation is not supported"],
]);

const EXEC_VERSIONS: readonly string[] = [
  "client.authentication.k8s.io/v1",
  "client.authentication.k8s.io/v1beta1",
];

function textIn(value: Json, key: string): string | undefined {
  return isObject(value) ? stringAt(value, key) || undefined : undefined;
}

function find(
  documents: readonly KubeconfigDocument[],
  list: string,
  field: string,
  name: string,
): Found {
  for (const { file, value } of documents) {
    const entries = isObject(value) ? objectsAt(value, list) : [];
    const entry = entries.find((candidate) => candidate["name"] === name);
    if (entry === undefined) continue;
    return { file, path: `${list}[${name}].${field}`, entry: objectAt(entry, field) };
  }
  const files = documents.map(({ file }) => `"${file}"`).join(", ");
  const known = documents
    .flatMap(({ value }) => isObject(value) ? objectsAt(value, list) : [])
    .flatMap((entry) => stringAt(entry, "name") ?? [])
    .map((each) => `"${each}"`).join(", ");
  throw new SyntaxError(
    `Cannot use kubeconfig ${files}: wanted "${name}" in ${list}, found ${known || "none"}`,
  );
}

function required(found: Found, key: string): string {
  const value = stringAt(found.entry, key);
  if (value !== undefined && value !== "") return value;
  throw new SyntaxError(`${opening(found)}: wanted "${key}", found none`);
}

function refuse(found: Found, refusals: ReadonlyMap<string, string>): void {
  for (const [key, advice] of refusals) {
    const value = found.entry[key];
    if (value === undefined || value === null || value === false || value === "") continue;
    throw new RangeError(`${opening(found)}: "${key}" cannot be honoured; ${advice}`);
  }
}

function opening(found: Found): string {
  return `Cannot use kubeconfig "${found.file}", ${found.path}`;
}

function serverOf(cluster: Found): string {
  const server = required(cluster, "server").replace(/\/+$/, "");
  if (/^https?:\/\/[^@\s?#]+$/.test(server)) return server;
  throw new SyntaxError(`${opening(cluster)}: wanted an http or https address in "server"`);
}

/** Inline data wins over a file, as in kubectl. */
function pemOf(found: Found, key: string): Pem | undefined {
  const data = stringAt(found.entry, `${key}-data`);
  if (data !== undefined && data !== "") return { kind: "base64", text: data };
  const file = stringAt(found.entry, key);
  return file ? { kind: "file", file: besides(found.file, file) } : undefined;
}

function clientCertificateOf(
  user: Found | undefined,
): Pick<KubeconfigContext, "clientCertificate" | "clientKey"> {
  if (user === undefined) return { clientCertificate: undefined, clientKey: undefined };
  const clientCertificate = pemOf(user, "client-certificate");
  const clientKey = pemOf(user, "client-key");
  if ((clientCertificate === undefined) !== (clientKey === undefined)) {
    const missing = clientKey === undefined ? "client-key" : "client-certificate";
    throw new SyntaxError(`${opening(user)}: wanted "${missing}" too, found none`);
  }
  return { clientCertificate, clientKey };
}

/** A token file wins over a token, as in kubectl: the file is the one that is kept fresh. */
function tokenOf(user: Found, cluster: Found): KubeconfigToken {
  const file = stringAt(user.entry, "tokenFile");
  if (file) return { kind: "file", file: besides(user.file, file) };
  const token = stringAt(user.entry, "token");
  if (token) return { kind: "text", token };
  if (!isObject(user.entry["exec"])) return { kind: "none" };
  return { kind: "exec", plugin: execOf(user, user.entry["exec"], cluster) };
}

function execOf(user: Found, exec: JsonObject, cluster: Found): ExecPlugin {
  const found = { ...user, path: `${user.path}.exec`, entry: exec };
  const apiVersion = required(found, "apiVersion");
  if (!EXEC_VERSIONS.includes(apiVersion)) {
    const wanted = EXEC_VERSIONS.join(" or ");
    throw new RangeError(`${opening(found)}: wanted apiVersion ${wanted}, found "${apiVersion}"`);
  }
  if (exec["interactiveMode"] === "Always") {
    throw new RangeError(
      `${opening(found)}: "interactiveMode: Always" cannot be honoured; there is nobody to ask`,
    );
  }
  const command = required(found, "command");
  return {
    apiVersion,
    command: command.includes("/") ? besides(user.file, command) : command,
    args: stringsAt(exec, "args"),
    env: envOf(exec),
    installHint: stringAt(exec, "installHint"),
    cluster: exec["provideClusterInfo"] === true ? clusterInfoOf(cluster) : undefined,
  };
}

function envOf(exec: JsonObject): Readonly<Record<string, string>> {
  const pairs = objectsAt(exec, "env").map((pair): [string, string] => [
    stringAt(pair, "name") ?? "",
    stringAt(pair, "value") ?? "",
  ]);
  return Object.fromEntries(pairs.filter(([name]) => name !== ""));
}

/** Field names as in ExecCredential `spec.cluster`. */
function clusterInfoOf(cluster: Found): JsonObject {
  const ca = stringAt(cluster.entry, "certificate-authority-data");
  return {
    server: serverOf(cluster),
    ...(ca === undefined ? {} : { "certificate-authority-data": ca }),
  };
}

/** Relative names are meant from the folder of the kubeconfig. */
function besides(file: string, name: string): string {
  if (name.startsWith("/")) return name;
  const slash = file.lastIndexOf("/");
  return slash < 0 ? name : `${file.slice(0, slash)}/${name}`;
}
