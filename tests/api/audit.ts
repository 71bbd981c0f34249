import { isObject, objectAt, stringAt } from "../../kube/json.ts";
import type { Json, JsonObject } from "../../kube/mod.ts";

/** What the API server writes down: every write to a Lease and to the status of a Service, with its answer. */
const POLICY = {
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  omitStages: ["RequestReceived"],
  rules: [
    {
      level: "RequestResponse",
      verbs: ["create", "update", "patch"],
      resources: [
        { group: "coordination.k8s.io", resources: ["leases"] },
        { group: "", resources: ["services/status"] },
      ],
    },
    { level: "None" },
  ],
};

/** One write that the API server was asked for. */
export interface AuditedWrite {
  readonly user: string;
  readonly resource: "leases" | "services";
  /** `namespace/name`. */
  readonly object: string;
  /** HTTP status of the answer. */
  readonly status: number;
  /** Of a Lease, after the write. */
  readonly holder: string;
}

/** A folder for the log of one API server, and its flags. */
export async function openAudit(): Promise<{ readonly folder: string; readonly flags: string[] }> {
  const folder = await Deno.makeTempDir({ prefix: "lanlord-audit-" });
  await Deno.writeTextFile(`${folder}/policy.json`, JSON.stringify(POLICY));
  const flags = [
    `--audit-policy-file=${folder}/policy.json`,
    `--audit-log-path=${folder}/audit.log`,
  ];
  return { folder, flags };
}

/** All writes so far, in the order in which they were answered. */
export async function readAudit(folder: string): Promise<readonly AuditedWrite[]> {
  const lines = (await Deno.readTextFile(`${folder}/audit.log`)).split("\n");
  return lines.filter((line) => line.endsWith("}")).flatMap((line) => {
    const entry: Json = JSON.parse(line);
    return isObject(entry) ? parseEntry(entry) : [];
  });
}

function parseEntry(entry: JsonObject): readonly AuditedWrite[] {
  const at = objectAt(entry, "objectRef");
  const resource = stringAt(at, "resource");
  if (resource !== "leases" && resource !== "services") return [];
  const answer = objectAt(entry, "responseObject");
  const metadata = objectAt(answer, "metadata");
  const status = Number(objectAt(entry, "responseStatus")["code"]);
  return [{
    user: stringAt(objectAt(entry, "user"), "username") ?? "",
    resource,
    object: `${stringAt(at, "namespace")}/${stringAt(at, "name") ?? stringAt(metadata, "name")}`,
    status,
    holder: stringAt(objectAt(answer, "spec"), "holderIdentity") ?? "",
  }];
}
