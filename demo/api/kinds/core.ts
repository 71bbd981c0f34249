import type { JsonObject } from "../../../kube/types.ts";
import { ageColumn, nameColumn, textColumn } from "../column.ts";
import { defineKind } from "../define.ts";
import { listAt, mapAt, numberAt, objectAt, textAt, withAt } from "../json.ts";
import {
  defaulted,
  flag,
  free,
  integer,
  keyed,
  list,
  map,
  object,
  set,
  text,
  time,
} from "../schema/build.ts";
import { CONDITIONS, OBJECT_REFERENCE, root } from "./meta.ts";

/** `v1.ConfigMap`. */
export const CONFIG_MAP = defineKind({
  kind: "ConfigMap",
  plural: "configmaps",
  shortNames: ["cm"],
  schema: root("Configuration data.", {
    data: map("Texts by key."),
    binaryData: map("Bytes by key, in base64."),
    immutable: flag("Whether the data can never change."),
  }),
  columns: [nameColumn, countColumn(["data", "binaryData"]), ageColumn],
});

/** `v1.Secret`. */
export const SECRET = defineKind({
  kind: "Secret",
  plural: "secrets",
  selectable: ["type"],
  schema: root("Secret data.", {
    data: map("Bytes by key, in base64."),
    stringData: map("Texts by key, written into data."),
    type: defaulted(text("What the data is for."), "Opaque"),
    immutable: flag("Whether the data can never change."),
  }),
  prepare: (secret) => {
    const data = { ...objectAt(secret, "data") };
    for (const [key, value] of Object.entries(mapAt(secret, "stringData"))) {
      data[key] = btoa(String.fromCharCode(...new TextEncoder().encode(value)));
    }
    const next = withAt(secret, ["stringData"], undefined);
    return Object.keys(data).length === 0 ? next : { ...next, data };
  },
  columns: [
    nameColumn,
    textColumn("Type", (secret) => textAt(secret, "type")),
    countColumn(["data"]),
    ageColumn,
  ],
});

function countColumn(fields: readonly string[]): ReturnType<typeof textColumn> {
  const count = (object: JsonObject): number =>
    fields.reduce((sum, field) => sum + Object.keys(objectAt(object, field)).length, 0);
  return textColumn("Data", count, { type: "string" });
}

/** `v1.Namespace`. */
export const NAMESPACE = defineKind({
  kind: "Namespace",
  plural: "namespaces",
  shortNames: ["ns"],
  scope: "Cluster",
  names: "label",
  subresources: ["status"],
  newStatus: { phase: "Active" },
  selectable: ["status.phase"],
  schema: root("A scope for names.", {
    spec: defaulted(
      object("What holds up deletion.", {
        finalizers: defaulted(set("What must be done before it is gone."), ["kubernetes"]),
      }),
      {},
    ),
    status: object("State.", { phase: text("Active or Terminating."), conditions: CONDITIONS }),
  }),
  prepare: (namespace) =>
    withAt(
      namespace,
      ["metadata", "labels", "kubernetes.io/metadata.name"],
      textAt(namespace, "metadata", "name"),
    ),
  columns: [
    nameColumn,
    textColumn("Status", (namespace) => textAt(namespace, "status", "phase")),
    ageColumn,
  ],
});

/** `v1.ServiceAccount`. */
export const SERVICE_ACCOUNT = defineKind({
  kind: "ServiceAccount",
  plural: "serviceaccounts",
  shortNames: ["sa"],
  schema: root("An identity for processes in pods.", {
    secrets: keyed("Secrets it may use.", "name", OBJECT_REFERENCE),
    imagePullSecrets: keyed("Secrets for the registry.", "name", OBJECT_REFERENCE),
    automountServiceAccountToken: flag("Whether pods get a token."),
  }),
  columns: [
    nameColumn,
    textColumn("Secrets", (account) => listAt(account, "secrets").length),
    ageColumn,
  ],
});

/** `coordination.k8s.io/v1.Lease`. */
export const LEASE = defineKind({
  group: "coordination.k8s.io",
  kind: "Lease",
  plural: "leases",
  schema: root("Who leads, and until when.", {
    spec: object("The lease.", {
      holderIdentity: text("Who holds it."),
      leaseDurationSeconds: integer("Seconds after renewTime for which it is held."),
      acquireTime: time("When the holder took it."),
      renewTime: time("When the holder renewed it last."),
      leaseTransitions: integer("How often the holder changed.", 0),
      strategy: text("How a coordinated election picks the holder."),
      preferredHolder: text("Who shall take over."),
    }),
  }),
  check: (lease) => {
    const field = "spec.leaseDurationSeconds";
    const value = numberAt(lease, "spec", "leaseDurationSeconds");
    if (value === undefined || value > 0) return [];
    return [{ reason: "FieldValueInvalid", field, value, detail: "must be greater than 0" }];
  },
  columns: [
    nameColumn,
    textColumn("Holder", (lease) => textAt(lease, "spec", "holderIdentity")),
    ageColumn,
  ],
});

const PORT_FIELDS = {
  name: text("As in the Service."),
  port: integer("Number."),
  protocol: defaulted(text("Transport."), "TCP"),
  appProtocol: text("Protocol above the transport."),
};

/** `v1.Endpoints`. */
export const ENDPOINTS = defineKind({
  kind: "Endpoints",
  plural: "endpoints",
  shortNames: ["ep"],
  schema: root("Addresses behind a Service, in the older form.", {
    subsets: list(
      "Groups of addresses with the same ports.",
      object("A group.", {
        addresses: list("Ready.", free("An address.")),
        notReadyAddresses: list("Not ready.", free("An address.")),
        ports: list("Ports.", object("A port.", PORT_FIELDS)),
      }),
    ),
  }),
  columns: [nameColumn, textColumn("Endpoints", endpointsText), ageColumn],
});

function endpointsText(object: JsonObject): string {
  const all = listAt(object, "subsets").flatMap((subset) => {
    const ports = listAt(subset, "ports");
    return listAt(subset, "addresses").flatMap((address) => {
      const ip = textAt(address, "ip");
      return ports.length === 0 ? [ip] : ports.map((port) => `${ip}:${objectAt(port)["port"]}`);
    });
  });
  return firstThree(all);
}

/** `discovery.k8s.io/v1.EndpointSlice`. */
export const ENDPOINT_SLICE = defineKind({
  group: "discovery.k8s.io",
  kind: "EndpointSlice",
  plural: "endpointslices",
  generation: "spec",
  schema: root("Addresses behind a Service.", {
    addressType: text("Of all addresses here.", ["IPv4", "IPv6", "FQDN"]),
    endpoints: list(
      "The endpoints.",
      object("An endpoint.", {
        addresses: list("Of the endpoint.", text("An address.")),
        conditions: object("State.", {
          ready: flag("Takes new connections."),
          serving: flag("Answers."),
          terminating: flag("On its way out."),
        }),
        hostname: text("Name."),
        nodeName: text("Node it runs on."),
        targetRef: OBJECT_REFERENCE,
        zone: text("Zone it is in."),
        hints: free("For whom it is meant."),
        deprecatedTopology: map("Older form of zone and node."),
      }, ["addresses"]),
    ),
    ports: list(
      "Ports of every endpoint here.",
      object("A port.", { ...PORT_FIELDS, name: defaulted(PORT_FIELDS.name, "") }),
    ),
  }, ["addressType", "endpoints"]),
  columns: [
    nameColumn,
    textColumn("AddressType", (slice) => textAt(slice, "addressType")),
    textColumn("Ports", (slice) => {
      const ports = listAt(slice, "ports").map((port) => String(objectAt(port)["port"] ?? "*"));
      return ports.length === 0 ? "<unset>" : firstThree(ports);
    }),
    textColumn("Endpoints", (slice) => {
      const all = listAt(slice, "endpoints").flatMap((endpoint) => {
        return listAt(endpoint, "addresses").map(String);
      });
      return all.length === 0 ? "<unset>" : firstThree(all);
    }),
    ageColumn,
  ],
});

function firstThree(all: readonly string[]): string {
  if (all.length === 0) return "<none>";
  const shown = all.slice(0, 3).join(",");
  return all.length > 3 ? `${shown} + ${all.length - 3} more...` : shown;
}
