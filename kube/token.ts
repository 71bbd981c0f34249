import type { Clock } from "../ops/clock.ts";
import type { TokenSource } from "./access.ts";
import { isObject, objectAt, stringAt } from "./json.ts";
import type { ExecPlugin } from "./kubeconfig.ts";
import type { Json, JsonObject } from "./types.ts";

/**
 * A token in a file that is replaced from time to time (a projected service account token lives about
 * an hour). It is read again when the last reading is older than 10 s, and after a refusal.
 * While the file cannot be read, the last token read is used.
 *
 * @throws from the source: Error when the file could never be read
 */
export function fileToken(file: string, clock: Clock): TokenSource {
  let known: { readonly token: string; readonly readAt: number } | undefined;
  return async (why) => {
    const isFresh = known !== undefined && clock.now() - known.readAt < FILE_AGE_MS;
    if (known !== undefined && isFresh && why === "send") return known.token;
    try {
      const token = (await Deno.readTextFile(file)).trim();
      if (token !== "") known = { token, readAt: clock.now() };
    } catch (cause) {
      if (known === undefined) throw new Error(`Cannot read token file "${file}"`, { cause });
    }
    if (known === undefined) throw new Error(`Cannot use token file "${file}": it is empty`);
    return known.token;
  };
}

/**
 * The token that a credential plugin prints (client.authentication.k8s.io). The plugin is run again
 * when its token has expired or was refused.
 *
 * @throws from the source: Error naming the command when it fails or prints something else
 */
export function execToken(plugin: ExecPlugin, clock: Clock): TokenSource {
  let known: Promise<ExecCredential> | undefined;
  return async (why) => {
    const asked = known;
    const last = await asked?.catch(() => undefined);
    const isUsable = last !== undefined && why === "send" && clock.nowWall() < last.expiresAt;
    // Of callers that find the same token wanting, the first runs the plugin for all.
    if (!isUsable && known === asked) known = runPlugin(plugin);
    return (await known)?.token;
  };
}

interface ExecCredential {
  readonly token: string;
  /** Wall clock, ms; infinite where the plugin does not say. */
  readonly expiresAt: number;
}

const FILE_AGE_MS = 10_000;

/** So long before its end a plugin's token counts as expired. */
const EXPIRY_MARGIN_MS = 10_000;

async function runPlugin(plugin: ExecPlugin): Promise<ExecCredential> {
  const { command, args, installHint } = plugin;
  const info = {
    apiVersion: plugin.apiVersion,
    kind: "ExecCredential",
    spec: {
      interactive: false,
      ...(plugin.cluster === undefined ? {} : { cluster: plugin.cluster }),
    },
  };
  const env = { ...plugin.env, KUBERNETES_EXEC_INFO: JSON.stringify(info) };
  const process = new Deno.Command(command, {
    args: [...args],
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  });
  let output: Deno.CommandOutput;
  try {
    output = await process.output();
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) {
      throw new Error(
        `Cannot run credential plugin "${command}": no programs are run here; use a token or a client certificate`,
      );
    }
    const hint = installHint === undefined ? "" : `. ${installHint}`;
    throw new Error(`Cannot run credential plugin "${command}"${hint}`, { cause });
  }
  if (output.code !== 0) {
    throw new Error(`Cannot use credential plugin "${command}": it exited with ${output.code}`);
  }
  return parseExecCredential(command, new TextDecoder().decode(output.stdout));
}

function parseExecCredential(command: string, text: string): ExecCredential {
  const status = objectAt(decodeObject(command, text), "status");
  const token = stringAt(status, "token");
  if (token === undefined || token === "") {
    const found = "clientCertificateData" in status ? "a client certificate" : "none";
    throw new Error(
      `Cannot use credential plugin "${command}": wanted a token in status, found ${found}`,
    );
  }
  const end = Date.parse(stringAt(status, "expirationTimestamp") ?? "");
  return { token, expiresAt: Number.isNaN(end) ? Infinity : end - EXPIRY_MARGIN_MS };
}

/** The text itself is never quoted: it holds the token. */
function decodeObject(command: string, text: string): JsonObject {
  try {
    const value: Json = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // Said below, as for any other text that is not an ExecCredential.
  }
  throw new Error(
    `Cannot use credential plugin "${command}": wanted ExecCredential JSON on stdout`,
  );
}
