import { parse } from "yaml";
import type { Clock } from "../ops/clock.ts";
import { whyUnread } from "../ops/unread.ts";
import type { Credentials, TokenSource } from "./access.ts";
import {
  type KubeconfigContext,
  type KubeconfigDocument,
  type KubeconfigToken,
  parseKubeconfig,
  type Pem,
} from "./kubeconfig.ts";
import { execToken, fileToken } from "./token.ts";

/**
 * Credentials of the current context of the kubeconfig files, merged in order.
 *
 * @throws Error naming the file when one cannot be read
 * @throws SyntaxError or RangeError as `parseKubeconfig`
 */
export async function loadKubeconfig(
  files: readonly string[],
  clock: Clock,
): Promise<Credentials> {
  const documents = await Promise.all(files.map(readDocument));
  const context = parseKubeconfig(documents);
  return {
    server: context.server,
    origin: `kubeconfig ${
      files.map((file) => `"${file}"`).join(", ")
    }, context "${context.context}"`,
    namespace: context.namespace,
    proxyUrl: context.proxyUrl,
    token: tokenSource(context.token, clock),
    tls: await readTls(context),
  };
}

/**
 * Decodes the text of a kubeconfig: YAML, of which JSON is a part.
 *
 * @throws SyntaxError naming the file, line and column
 */
export function decodeKubeconfig(file: string, text: string): KubeconfigDocument {
  try {
    return { file, value: parse(text) };
  } catch (cause) {
    // Only the first line: those after it quote the text, which holds secrets.
    const reason = cause instanceof Error ? cause.message.split("\n")[0]?.replace(/:$/, "") : "";
    throw new SyntaxError(`Cannot read kubeconfig "${file}": ${reason}`);
  }
}

async function readDocument(file: string): Promise<KubeconfigDocument> {
  return decodeKubeconfig(file, await readText(file, "kubeconfig"));
}

async function readText(file: string, what: string): Promise<string> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    throw new Error(`Cannot read ${what} "${file}": ${whyUnread(error)}`);
  }
}

async function readTls(context: KubeconfigContext): Promise<NonNullable<Credentials["tls"]>> {
  const ca = await readPem(context.certificateAuthority, "certificate authority");
  return {
    caCerts: ca === undefined ? [] : [ca],
    cert: await readPem(context.clientCertificate, "client certificate"),
    key: await readPem(context.clientKey, "client key"),
  };
}

async function readPem(pem: Pem | undefined, what: string): Promise<string | undefined> {
  if (pem === undefined) return undefined;
  if (pem.kind === "file") return await readText(pem.file, what);
  try {
    return new TextDecoder().decode(Uint8Array.fromBase64(pem.text));
  } catch {
    throw new SyntaxError(`Cannot read ${what} of kubeconfig: wanted base64`);
  }
}

function tokenSource(token: KubeconfigToken, clock: Clock): TokenSource {
  switch (token.kind) {
    case "none":
      return () => Promise.resolve(undefined);
    case "text":
      return () => Promise.resolve(token.token);
    case "file":
      return fileToken(token.file, clock);
    case "exec":
      return execToken(token.plugin, clock);
    default:
      return token satisfies never;
  }
}
