import { byKey, inline, many, one, pointer } from "./message.ts";
import type { Message } from "./message.ts";

/** Field numbers as in `generated.proto` of k8s.io/apimachinery and k8s.io/api. */
const OBJECT_META: Message = {
  1: one("name"),
  2: one("generateName"),
  3: one("namespace"),
  5: one("uid"),
  6: one("resourceVersion"),
  11: byKey("labels"),
  12: byKey("annotations"),
  13: many("ownerReferences", {
    1: one("kind"),
    3: one("name"),
    4: one("uid"),
    5: one("apiVersion"),
    6: pointer("controller", "flag"),
    7: pointer("blockOwnerDeletion", "flag"),
  }),
  14: many("finalizers"),
};

const LABEL_SELECTOR: Message = {
  1: byKey("matchLabels"),
  2: many("matchExpressions", { 1: one("key"), 2: one("operator"), 3: many("values") }),
};

/** The name stands in a message of its own here, and one level up in JSON. */
const KEY_SELECTOR: Message = {
  1: inline({ 1: one("name") }),
  2: one("key"),
  3: pointer("optional", "flag"),
};

const CONTAINER: Message = {
  1: one("name"),
  2: one("image"),
  3: many("command"),
  4: many("args"),
  5: one("workingDir"),
  6: many("ports", {
    1: one("name"),
    2: one("hostPort", "integer"),
    3: one("containerPort", "integer"),
    4: one("protocol"),
    5: one("hostIP"),
  }),
  7: many("env", {
    1: one("name"),
    2: one("value"),
    3: one("valueFrom", {
      1: one("fieldRef", { 1: one("apiVersion"), 2: one("fieldPath") }),
      3: one("configMapKeyRef", KEY_SELECTOR),
      4: one("secretKeyRef", KEY_SELECTOR),
    }),
  }),
  8: one("resources", { 1: byKey("limits", "quantity"), 2: byKey("requests", "quantity") }),
  13: one("terminationMessagePath"),
  14: one("imagePullPolicy"),
  16: one("stdin", "flag"),
  17: one("stdinOnce", "flag"),
  18: one("tty", "flag"),
  20: one("terminationMessagePolicy"),
};

const POD_SPEC: Message = {
  2: many("containers", CONTAINER),
  3: one("restartPolicy"),
  4: pointer("terminationGracePeriodSeconds", "integer"),
  6: one("dnsPolicy"),
  7: byKey("nodeSelector"),
  8: one("serviceAccountName"),
  10: one("nodeName"),
  11: one("hostNetwork", "flag"),
  19: one("schedulerName"),
  20: many("initContainers", CONTAINER),
  21: pointer("automountServiceAccountToken", "flag"),
};

const POD_TEMPLATE: Message = { 1: one("metadata", OBJECT_META), 2: one("spec", POD_SPEC) };

const SERVICE_SPEC: Message = {
  1: many("ports", {
    1: one("name"),
    2: one("protocol"),
    3: one("port", "integer"),
    4: one("targetPort", "intOrString"),
    5: one("nodePort", "integer"),
    6: pointer("appProtocol", "text"),
  }),
  2: byKey("selector"),
  3: one("clusterIP"),
  4: one("type"),
  5: many("externalIPs"),
  7: one("sessionAffinity"),
  8: one("loadBalancerIP"),
  9: many("loadBalancerSourceRanges"),
  10: one("externalName"),
  11: one("externalTrafficPolicy"),
  12: one("healthCheckNodePort", "integer"),
  13: one("publishNotReadyAddresses", "flag"),
  17: one("ipFamilyPolicy"),
  18: many("clusterIPs"),
  19: many("ipFamilies"),
  20: pointer("allocateLoadBalancerNodePorts", "flag"),
  21: pointer("loadBalancerClass", "text"),
  22: one("internalTrafficPolicy"),
};

const DEPLOYMENT_SPEC: Message = {
  1: pointer("replicas", "integer"),
  2: one("selector", LABEL_SELECTOR),
  3: one("template", POD_TEMPLATE),
  4: one("strategy", {
    1: one("type"),
    2: one("rollingUpdate", {
      1: one("maxUnavailable", "intOrString"),
      2: one("maxSurge", "intOrString"),
    }),
  }),
  5: one("minReadySeconds", "integer"),
  6: pointer("revisionHistoryLimit", "integer"),
  7: one("paused", "flag"),
  9: pointer("progressDeadlineSeconds", "integer"),
};

const ACCESS: Message = {
  1: one("resourceAttributes", {
    1: one("namespace"),
    2: one("verb"),
    3: one("group"),
    4: one("version"),
    5: one("resource"),
    6: one("subresource"),
    7: one("name"),
  }),
  2: one("nonResourceAttributes", { 1: one("path"), 2: one("verb") }),
};

/** The kinds that `kubectl create …` sends in protobuf, by `apiVersion/kind`. */
export const MESSAGES: Readonly<Record<string, Message>> = {
  "v1/Namespace": { 1: one("metadata", OBJECT_META), 2: one("spec", { 1: many("finalizers") }) },
  "v1/ConfigMap": {
    1: one("metadata", OBJECT_META),
    2: byKey("data"),
    3: byKey("binaryData", "bytes"),
    4: pointer("immutable", "flag"),
  },
  "v1/Secret": {
    1: one("metadata", OBJECT_META),
    2: byKey("data", "bytes"),
    3: one("type"),
    4: byKey("stringData"),
    5: pointer("immutable", "flag"),
  },
  "v1/ServiceAccount": { 1: one("metadata", OBJECT_META) },
  "v1/Pod": POD_TEMPLATE,
  "v1/Service": { 1: one("metadata", OBJECT_META), 2: one("spec", SERVICE_SPEC) },
  "apps/v1/Deployment": { 1: one("metadata", OBJECT_META), 2: one("spec", DEPLOYMENT_SPEC) },
  "authentication.k8s.io/v1/SelfSubjectReview": {},
  "authorization.k8s.io/v1/SelfSubjectAccessReview": { 2: one("spec", ACCESS) },
};
