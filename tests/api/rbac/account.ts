import { objectAt, stringAt } from "../../../kube/json.ts";
import type { Credentials, JsonObject } from "../../../kube/mod.ts";
import { eventually } from "../../eventually.ts";
import type { Administrator } from "./administrator.ts";
import { nameOf, type Right } from "./rights.ts";

/** A ServiceAccount of a namespace. */
export interface Account {
  readonly name: string;
  readonly namespace: string;
}

const GROUP = "rbac.authorization.k8s.io";
const ROLES = [["ClusterRole", "cluster"], ["Role", "namespace"]] as const;

/** Makes the account with these rights and no others, and returns how it proves who it is. */
export async function openAccount(
  admin: Administrator,
  account: Account,
  rights: readonly Right[],
  administrators: Credentials,
): Promise<Credentials> {
  const { name, namespace } = account;
  await admin.create("ServiceAccount", name);
  const subjects = [{ kind: "ServiceAccount", name, namespace }];
  for (const [kind, scope] of ROLES) {
    const own = rights.filter((right) => right.scope === scope);
    const roleName = roleNameOf(account);
    await admin.create(kind, roleName, { rules: own.map(ruleOf) });
    const roleRef = { apiGroup: GROUP, kind, name: roleName };
    await admin.create(`${kind}Binding`, roleName, { roleRef, subjects });
    // RBAC is read from a watch: a Role counts some moments after it was created.
    for (const right of own.slice(-1)) await untilAllowed(admin, account, right);
  }
  const token = await requestToken(admin, account);
  return { ...administrators, token: () => Promise.resolve(token) };
}

/** Gives the account these rights in place of those that it has. */
export async function giveRights(
  admin: Administrator,
  account: Account,
  rights: readonly Right[],
): Promise<void> {
  for (const [kind, scope] of ROLES) {
    const rules = rights.filter((right) => right.scope === scope).map(ruleOf);
    await admin.patch(kind, roleNameOf(account), { rules });
  }
}

function roleNameOf({ name, namespace }: Account): string {
  return `${namespace}-${name}`;
}

function ruleOf({ group, resource, verb, names }: Right): JsonObject {
  const rule = { apiGroups: [group], resources: [resource], verbs: [verb] };
  return names.length === 0 ? rule : { ...rule, resourceNames: names };
}

async function untilAllowed(
  admin: Administrator,
  { name, namespace }: Account,
  right: Right,
): Promise<void> {
  const { group, resource: whole, verb, names } = right;
  const [resource = "", subresource = ""] = whole.split("/");
  const resourceAttributes = {
    namespace,
    group,
    resource,
    subresource,
    verb,
    name: names[0] ?? "",
  };
  const spec = { user: `system:serviceaccount:${namespace}:${name}`, resourceAttributes };
  await eventually(`${namespace}/${name} may ${nameOf(right)}`, 30, async () => {
    const review = await admin.call({
      method: "POST",
      path: "/apis/authorization.k8s.io/v1/subjectaccessreviews",
      body: { apiVersion: "authorization.k8s.io/v1", kind: "SubjectAccessReview", spec },
    });
    return objectAt(review, "status")["allowed"] === true || undefined;
  });
}

async function requestToken(admin: Administrator, account: Account): Promise<string> {
  const { name, namespace } = account;
  const answer = await admin.call({
    method: "POST",
    path: `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`,
    body: { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} },
  });
  const token = stringAt(objectAt(answer, "status"), "token");
  if (token === undefined) throw new TypeError(`Cannot get a token for ${namespace}/${name}`);
  return token;
}
