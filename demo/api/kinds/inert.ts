import type { Kind } from "../kind.ts";
import { defineKind } from "../define.ts";
import type { KindOptions } from "../define.ts";
import { ageColumn, nameColumn, textColumn } from "../column.ts";
import { textAt } from "../json.ts";

const RBAC = "rbac.authorization.k8s.io";

const role = textColumn("Role", (binding) => {
  return `${textAt(binding, "roleRef", "kind")}/${textAt(binding, "roleRef", "name")}`;
});
const createdAt = textColumn("Created At", (object) => {
  return textAt(object, "metadata", "creationTimestamp");
});

const OPTIONS: readonly KindOptions[] = [
  {
    group: RBAC,
    kind: "Role",
    plural: "roles",
    names: "path",
    columns: [nameColumn, createdAt],
  },
  {
    group: RBAC,
    kind: "RoleBinding",
    plural: "rolebindings",
    names: "path",
    columns: [nameColumn, role, ageColumn],
  },
  {
    group: RBAC,
    kind: "ClusterRole",
    plural: "clusterroles",
    scope: "Cluster",
    names: "path",
    columns: [nameColumn, createdAt],
  },
  {
    group: RBAC,
    kind: "ClusterRoleBinding",
    plural: "clusterrolebindings",
    scope: "Cluster",
    names: "path",
    columns: [nameColumn, role, ageColumn],
  },
  {
    group: "policy",
    kind: "PodDisruptionBudget",
    plural: "poddisruptionbudgets",
    shortNames: ["pdb"],
    subresources: ["status"],
  },
  {
    group: "networking.k8s.io",
    kind: "NetworkPolicy",
    plural: "networkpolicies",
    shortNames: ["netpol"],
  },
  {
    group: "scheduling.k8s.io",
    kind: "PriorityClass",
    plural: "priorityclasses",
    shortNames: ["pc"],
    scope: "Cluster",
  },
  {
    group: "admissionregistration.k8s.io",
    kind: "ValidatingWebhookConfiguration",
    plural: "validatingwebhookconfigurations",
    scope: "Cluster",
  },
];

/** Kinds of manifests that are accepted and kept, and do nothing here. */
export const INERT_KINDS: readonly Kind[] = OPTIONS.map(defineKind);
