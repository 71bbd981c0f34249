import {
  defaulted,
  flag,
  free,
  integer,
  intOrString,
  keyed,
  list,
  map,
  object,
  text,
} from "../schema/build.ts";
import type { Fields } from "../schema/build.ts";
import type { Schema } from "../schema/schema.ts";
import { OBJECT_META } from "./meta.ts";

const CONTAINER_PORT = object("A port the container listens on.", {
  name: text("Name that Services can use as target port."),
  containerPort: integer("Port number.", 1, 65535),
  hostPort: integer("Port of the node.", 0, 65535),
  hostIP: text("Address of the node to bind to."),
  protocol: defaulted(text("Transport.", ["TCP", "UDP", "SCTP"]), "TCP"),
}, ["containerPort"]);

const ENVIRONMENT = object("A variable of the environment.", {
  name: text("Name of the variable."),
  value: text("Its value."),
  valueFrom: free("Where its value comes from."),
}, ["name"]);

const RESOURCES = object("What the container may use.", {
  limits: map("At most.", intOrString("A quantity.")),
  requests: map("At least.", intOrString("A quantity.")),
  claims: list("Names of resource claims.", free("A claim.")),
});

const CONTAINER = object("A container of the pod.", {
  name: text("Unique in the pod."),
  image: text("Image to run."),
  imagePullPolicy: text("When to pull the image.", ["Always", "IfNotPresent", "Never"]),
  command: list("Entry point.", text("An argument.")),
  args: list("Arguments of the entry point.", text("An argument.")),
  workingDir: text("Where it starts."),
  ports: keyed("Ports it listens on.", "containerPort", CONTAINER_PORT),
  env: keyed("Its environment.", "name", ENVIRONMENT),
  envFrom: list("Sources of its environment.", free("A source.")),
  resources: defaulted(RESOURCES, {}),
  resizePolicy: list("What a resize does.", free("A policy.")),
  volumeMounts: keyed("Volumes in its file system.", "mountPath", free("A mount.")),
  volumeDevices: keyed("Block devices.", "devicePath", free("A device.")),
  livenessProbe: free("Restarts it when this fails."),
  readinessProbe: free("Takes it out of Services when this fails."),
  startupProbe: free("Holds the other probes until this succeeds."),
  lifecycle: free("What to do after start and before stop."),
  restartPolicy: text("Of this container."),
  restartPolicyRules: list("By exit code.", free("A rule.")),
  securityContext: free("User, capabilities and so on."),
  stdin: flag("Keeps standard input open."),
  stdinOnce: flag("Closes standard input after the first attach."),
  tty: flag("Gives it a terminal."),
  terminationMessagePath: defaulted(
    text("File with its last words."),
    "/dev/termination-log",
  ),
  terminationMessagePolicy: defaulted(text("How its last words are found."), "File"),
}, ["name"]);

const TEXT_FIELDS: Readonly<Record<string, string>> = {
  hostname: "Name of the host inside.",
  hostnameOverride: "Name of the host inside, whatever else says.",
  subdomain: "Domain of the host inside.",
  nodeName: "Node it runs on.",
  serviceAccountName: "Account it runs as.",
  serviceAccount: "Older name of serviceAccountName.",
  priorityClassName: "Class of its priority.",
  preemptionPolicy: "Whether it may push out others.",
  runtimeClassName: "Container runtime.",
};

const FLAG_FIELDS: Readonly<Record<string, string>> = {
  hostNetwork: "Uses the network of the node.",
  hostPID: "Sees the processes of the node.",
  hostIPC: "Shares IPC of the node.",
  hostUsers: "Uses the user namespace of the node.",
  shareProcessNamespace: "Containers see each other's processes.",
  setHostnameAsFQDN: "Uses the full name as host name.",
  automountServiceAccountToken: "Mounts the token of the account.",
  enableServiceLinks: "Puts Services in the environment.",
};

const FREE_FIELDS: Readonly<Record<string, string>> = {
  affinity: "Where it may run.",
  dnsConfig: "Further settings of name resolution.",
  os: "Operating system.",
  overhead: "Use of resources beside the containers.",
  resources: "Resources of the whole pod.",
  schedulingGates: "What scheduling waits for.",
  readinessGates: "What readiness waits for.",
  resourceClaims: "Claims of resources.",
  tolerations: "Taints it tolerates.",
};

function every(fields: Readonly<Record<string, string>>, make: (words: string) => Schema): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, words]) => [name, make(words)]));
}

/** `v1.PodSpec`. Fields that nothing here reads are of free form. */
export const POD_SPEC: Schema = object("What the pod runs.", {
  ...every(TEXT_FIELDS, text),
  ...every(FLAG_FIELDS, flag),
  ...every(FREE_FIELDS, free),
  containers: keyed("Containers of the pod; at least one.", "name", CONTAINER),
  initContainers: keyed("Containers that run before the others.", "name", CONTAINER),
  ephemeralContainers: keyed("Containers for debugging.", "name", free("A container.")),
  volumes: keyed("Volumes its containers can mount.", "name", free("A volume.")),
  imagePullSecrets: keyed("Secrets for the registry.", "name", free("A reference.")),
  hostAliases: keyed("Lines for the hosts file.", "ip", free("A line.")),
  topologySpreadConstraints: keyed("How pods spread.", "topologyKey", free("A constraint.")),
  nodeSelector: map("Labels of nodes it may run on."),
  restartPolicy: defaulted(
    text("When containers are started again.", ["Always", "OnFailure", "Never"]),
    "Always",
  ),
  dnsPolicy: defaulted(text("How names are resolved."), "ClusterFirst"),
  schedulerName: defaulted(text("Who finds a node for it."), "default-scheduler"),
  securityContext: defaulted(free("User, groups and so on."), {}),
  terminationGracePeriodSeconds: defaulted(integer("Seconds between SIGTERM and SIGKILL."), 30),
  activeDeadlineSeconds: integer("Seconds it may run."),
  priority: integer("Priority."),
}, ["containers"]);

/** `v1.PodTemplateSpec`. */
export const POD_TEMPLATE: Schema = object("Pods are made from this.", {
  metadata: OBJECT_META,
  spec: POD_SPEC,
});

/** `v1.PodStatus`. */
export const POD_STATUS: Schema = {
  ...object("Most recently observed state.", {
    phase: text("Pending, Running, Succeeded, Failed or Unknown."),
    podIP: text("Address of the pod."),
    hostIP: text("Address of the node."),
    podIPs: keyed("Addresses of the pod.", "ip", free("An address.")),
    hostIPs: keyed("Addresses of the node.", "ip", free("An address.")),
    conditions: keyed("Observations.", "type", free("A condition.")),
    containerStatuses: list("State of each container.", free("A state.")),
    resourceClaimStatuses: keyed("State of claims.", "name", free("A state.")),
  }),
  "x-kubernetes-preserve-unknown-fields": true,
};
