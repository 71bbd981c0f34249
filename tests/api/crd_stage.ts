import { deepEqual, equal, match } from "node:assert/strict";
import { formatProblem, type Parsed } from "../../config/mod.ts";
import type { JsonObject } from "../../kube/types.ts";
import type { ControlPlane } from "../control_plane/mod.ts";

/** One kind of the group, and how the configuration reads an object of it that the API serves. */
export interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly parse: (served: JsonObject) => Parsed | undefined;
}

/** An object that the API server takes or refuses. */
export interface Row {
  readonly name: string;
  readonly spec: unknown;
  /** A part of the server's refusal; absent where the object is taken. */
  readonly refusal?: string;
  /** A part of what the configuration says of the object, where the server takes it and that does not. */
  readonly fault?: string;
}

const CRDS = new URL("../../deploy/crds/", import.meta.url);

/** Installs all definitions, and waits until they are served. */
export async function installCrds(controlPlane: ControlPlane): Promise<void> {
  const applied = await controlPlane.kubectl(["apply", "-f", CRDS.pathname]);
  equal(applied.code, 0, applied.stderr);
  const wait = ["wait", "--for=condition=Established", "--timeout=30s", "crd", "--all"];
  equal((await controlPlane.kubectl(wait)).code, 0);
}

/** A step for each row: the server takes the object, and then the configuration does; or says why not. */
export async function checkRows(
  t: Deno.TestContext,
  controlPlane: ControlPlane,
  kind: Kind,
  rows: readonly Row[],
): Promise<void> {
  using client = Deno.createHttpClient({
    caCerts: [await Deno.readTextFile(controlPlane.caFile)],
  });
  for (const row of rows) {
    await t.step(`${kind.kind}: ${row.name}`, async () => {
      const { status, body } = await tryToCreate(client, controlPlane, kind, row.spec);
      if (row.refusal === undefined) {
        equal(status, 201, JSON.stringify(body));
        assertReadable(kind, body, row.fault);
      } else {
        equal(status, 422, JSON.stringify(body));
        match(String(body.message), new RegExp(RegExp.escape(row.refusal)));
      }
    });
  }
}

/** An object of a kind. */
export function manifest(
  kind: Pick<Kind, "apiVersion" | "kind">,
  name: string,
  spec: unknown,
): JsonObject {
  const { apiVersion } = kind;
  return JSON.parse(JSON.stringify({ apiVersion, kind: kind.kind, metadata: { name }, spec }));
}

async function tryToCreate(
  client: Deno.HttpClient,
  { url, token }: ControlPlane,
  kind: Kind,
  spec: unknown,
): Promise<{ readonly status: number; readonly body: JsonObject }> {
  const path = `${url}/apis/${kind.apiVersion}/namespaces/default/${kind.plural}?dryRun=All`;
  const response = await fetch(path, {
    client,
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(manifest(kind, "test", spec)),
  });
  return { status: response.status, body: await response.json() };
}

/** What the API server takes, the configuration takes as well, but for the one fault. */
function assertReadable(kind: Kind, body: JsonObject, fault: string | undefined): void {
  const { problems = [] } = kind.parse(body) ?? {};
  if (fault === undefined) {
    const errors = problems.filter(({ severity }) => severity === "error");
    deepEqual(errors.map(formatProblem), []);
  } else {
    match(problems.map(formatProblem).join("\n"), new RegExp(RegExp.escape(fault)));
  }
}
