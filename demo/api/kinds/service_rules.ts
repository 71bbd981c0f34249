import type { Json, JsonObject } from "../../../kube/types.ts";
import { at, isEqual, isObject, listAt, mapAt, numberAt, textAt, withAt } from "../json.ts";
import type { ServiceNumbers, World } from "../kind.ts";
import { labelFaults } from "../names.ts";
import type { FieldFault } from "../status.ts";

/** Fills in what the API server gives every Service: families, cluster addresses, ports, policies. */
export function prepareService(
  service: JsonObject,
  before: JsonObject | undefined,
  world: World,
): JsonObject {
  const type = textAt(service, "spec", "type");
  if (type === "ExternalName") return withoutClusterFields(service);
  const withFamilies = defaultFamilies(service, before);
  const withAddresses = allocateAddresses(withFamilies, before, world.services);
  const withPorts = allocatePorts(withAddresses, before, world.services);
  return defaultPolicies(withPorts, type, world.services);
}

/** Addresses of the load balancer are delivered as they are, where nothing else is said. */
export function prepareServiceStatus(service: JsonObject): JsonObject {
  const ingress = listAt(service, "status", "loadBalancer", "ingress");
  if (ingress.length === 0) return service;
  const full = ingress.map((one) =>
    isObject(one) && textAt(one, "ip") !== "" ? { ipMode: "VIP", ...one } : one
  );
  return withAt(service, ["status", "loadBalancer", "ingress"], full);
}

function withoutClusterFields(service: JsonObject): JsonObject {
  const gone = [
    "clusterIP",
    "clusterIPs",
    "ipFamilies",
    "ipFamilyPolicy",
    "internalTrafficPolicy",
    "externalTrafficPolicy",
    "allocateLoadBalancerNodePorts",
    "healthCheckNodePort",
  ];
  return gone.reduce((next, field) => withAt(next, ["spec", field], undefined), service);
}

function defaultFamilies(service: JsonObject, before: JsonObject | undefined): JsonObject {
  const policy = textAt(service, "spec", "ipFamilyPolicy") ||
    textAt(before, "spec", "ipFamilyPolicy") || "SingleStack";
  const families = nonEmpty(listAt(service, "spec", "ipFamilies")) ??
    nonEmpty(listAt(before, "spec", "ipFamilies")) ?? [familyOfAddress(service)];
  const both = families[0] === "IPv6" ? ["IPv6", "IPv4"] : ["IPv4", "IPv6"];
  const wanted = policy === "SingleStack" ? families.slice(0, 1) : both;
  return withAt(
    withAt(service, ["spec", "ipFamilyPolicy"], policy),
    ["spec", "ipFamilies"],
    wanted,
  );
}

function familyOfAddress(service: JsonObject): string {
  return textAt(service, "spec", "clusterIP").includes(":") ? "IPv6" : "IPv4";
}

function allocateAddresses(
  service: JsonObject,
  before: JsonObject | undefined,
  numbers: ServiceNumbers,
): JsonObject {
  const all = askedAddresses(service, before);
  const first = textAt(service, "spec", "clusterIP") || firstOf(all);
  if (first === "None") return withClusterIps(service, ["None"]);
  const kept = [...listAt(before, "spec", "clusterIPs")].filter((ip) => ip !== "None");
  const given = nonEmpty(all) ?? (first === "" ? [] : [first]);
  const families = listAt(service, "spec", "ipFamilies");
  const addresses = families.map((family, index) => {
    const known = given[index] ?? kept[index];
    if (typeof known === "string" && known !== "") return known;
    return numbers.nextClusterIp(family === "IPv6" ? "IPv6" : "IPv4");
  });
  return withClusterIps(service, addresses);
}

/** `clusterIPs` follows where a client that does not know it changes `clusterIP`. */
function askedAddresses(service: JsonObject, before: JsonObject | undefined): readonly Json[] {
  const all = listAt(service, "spec", "clusterIPs");
  const first = textAt(service, "spec", "clusterIP");
  const old = textAt(before, "spec", "clusterIP");
  const isOld = before !== undefined && isEqual(all, listAt(before, "spec", "clusterIPs"));
  return isOld && first !== old && first !== "" ? [first] : all;
}

function withClusterIps(service: JsonObject, addresses: readonly string[]): JsonObject {
  const first = withAt(service, ["spec", "clusterIP"], addresses[0]);
  return withAt(first, ["spec", "clusterIPs"], addresses);
}

function allocatePorts(
  service: JsonObject,
  before: JsonObject | undefined,
  numbers: ServiceNumbers,
): JsonObject {
  const needsNodePorts = hasNodePorts(service);
  const old = listAt(before, "spec", "ports");
  const taken = new Set<number>();
  const ports = listAt(service, "spec", "ports").map((port, index): Json => {
    if (!isObject(port)) return port;
    const full = { ...port, targetPort: at(port, "targetPort") ?? at(port, "port") ?? 0 };
    if (!needsNodePorts) {
      return mayKeepNodePorts(service) ? full : withAt(full, ["nodePort"], undefined);
    }
    if ((numberAt(port, "nodePort") ?? 0) !== 0) return full;
    const same = old.find((one) =>
      at(one, "port") === at(port, "port") && at(one, "protocol") === at(port, "protocol")
    ) ?? (old.length === 1 && index === 0 ? old[0] : undefined);
    const kept = numberAt(same, "nodePort");
    const nodePort = kept !== undefined && !taken.has(kept) ? kept : numbers.nextNodePort();
    taken.add(nodePort);
    return { ...full, nodePort };
  });
  return ports.length === 0 ? service : withAt(service, ["spec", "ports"], ports);
}

function hasNodePorts(service: JsonObject): boolean {
  const type = textAt(service, "spec", "type");
  return type === "NodePort" ||
    (type === "LoadBalancer" && at(service, "spec", "allocateLoadBalancerNodePorts") !== false);
}

function mayKeepNodePorts(service: JsonObject): boolean {
  return textAt(service, "spec", "type") === "LoadBalancer";
}

function defaultPolicies(service: JsonObject, type: string, numbers: ServiceNumbers): JsonObject {
  const isExternal = type === "NodePort" || type === "LoadBalancer";
  const external = textAt(service, "spec", "externalTrafficPolicy") || "Cluster";
  let next = withAt(
    service,
    ["spec", "internalTrafficPolicy"],
    textAt(service, "spec", "internalTrafficPolicy") || "Cluster",
  );
  next = withAt(next, ["spec", "externalTrafficPolicy"], isExternal ? external : undefined);
  if (type !== "LoadBalancer") {
    next = withAt(next, ["spec", "allocateLoadBalancerNodePorts"], undefined);
    next = withAt(next, ["status", "loadBalancer"], {});
  } else if (at(next, "spec", "allocateLoadBalancerNodePorts") === undefined) {
    next = withAt(next, ["spec", "allocateLoadBalancerNodePorts"], true);
  }
  const needsHealthCheck = type === "LoadBalancer" && external === "Local";
  const port = numberAt(next, "spec", "healthCheckNodePort") || undefined;
  return withAt(
    next,
    ["spec", "healthCheckNodePort"],
    needsHealthCheck ? port ?? numbers.nextNodePort() : undefined,
  );
}

/** Faults of a Service beyond its schema's. */
export function checkService(
  service: JsonObject,
  before: JsonObject | undefined,
  world: World,
): readonly FieldFault[] {
  return [
    ...portFaults(service),
    ...labelFaults(mapAt(service, "spec", "selector"), "spec.selector"),
    ...immutableFaults(service, before),
    // The API server allocates one after the other, and stops where it cannot.
    ...[
      ...addressFaults(service, before, world.services),
      ...nodePortFaults(service, before, world.services),
    ].slice(0, 1),
  ];
}

function portFaults(service: JsonObject): readonly FieldFault[] {
  const type = textAt(service, "spec", "type");
  const ports = listAt(service, "spec", "ports");
  const isHeadless = textAt(service, "spec", "clusterIP") === "None";
  if (ports.length === 0 && type !== "ExternalName" && !isHeadless) {
    return [{ reason: "FieldValueRequired", field: "spec.ports" }];
  }
  const seen = new Set<string>();
  return ports.flatMap((port, index): readonly FieldFault[] => {
    const field = `spec.ports[${index}]`;
    const name = textAt(port, "name");
    const faults: FieldFault[] = [];
    if (name === "" && ports.length > 1) {
      faults.push({ reason: "FieldValueRequired", field: `${field}.name` });
    }
    if (name !== "" && seen.has(name)) {
      faults.push({ reason: "FieldValueDuplicate", field: `${field}.name`, value: name });
    }
    seen.add(name);
    const pair = `${numberAt(port, "port")}/${textAt(port, "protocol")}`;
    if (seen.has(pair)) faults.push({ reason: "FieldValueDuplicate", field, value: port });
    seen.add(pair);
    return [
      ...faults,
      ...rangeFaults(at(port, "port"), `${field}.port`),
      ...rangeFaults(at(port, "targetPort"), `${field}.targetPort`),
    ];
  });
}

function nodePortFaults(
  service: JsonObject,
  before: JsonObject | undefined,
  numbers: ServiceNumbers,
): readonly FieldFault[] {
  const own = listAt(before, "spec", "ports").map((port) => at(port, "nodePort"));
  return listAt(service, "spec", "ports").flatMap((port, index): readonly FieldFault[] => {
    const value = numberAt(port, "nodePort") ?? 0;
    if (value === 0 || own.includes(value)) return [];
    const field = `spec.ports[${index}].nodePort`;
    if (!numbers.isNodePortInRange(value)) {
      const detail = "provided port is not in the valid range. The range of valid ports is " +
        "30000-32767";
      return [{ reason: "FieldValueInvalid", field, value, detail }];
    }
    if (numbers.isNodePortFree(value)) return [];
    const detail = "provided port is already allocated";
    return [{ reason: "FieldValueInvalid", field, value, detail }];
  });
}

function addressFaults(
  service: JsonObject,
  before: JsonObject | undefined,
  numbers: ServiceNumbers,
): readonly FieldFault[] {
  const own = listAt(before, "spec", "clusterIPs");
  const all = listAt(service, "spec", "clusterIPs");
  return all.flatMap((address): readonly FieldFault[] => {
    if (typeof address !== "string" || address === "None" || own.includes(address)) return [];
    const isInRange = numbers.isClusterIpInRange(address);
    if (isInRange && numbers.isClusterIpFree(address)) return [];
    const why = isInRange
      ? "provided IP is already allocated"
      : "the provided network does not match the current range";
    const detail = `failed to allocate IP ${address}: ${why}`;
    return [{ reason: "FieldValueInvalid", field: "spec.clusterIPs", value: all, detail }];
  });
}

function rangeFaults(value: Json | undefined, field: string): readonly FieldFault[] {
  if (typeof value !== "number" || (value >= 1 && value <= 65535)) return [];
  const detail = "must be between 1 and 65535, inclusive";
  return [{ reason: "FieldValueInvalid", field, value, detail }];
}

function immutableFaults(
  service: JsonObject,
  before: JsonObject | undefined,
): readonly FieldFault[] {
  if (before === undefined || textAt(before, "spec", "type") === "ExternalName") return [];
  if (textAt(service, "spec", "type") === "ExternalName") return [];
  const next = listAt(service, "spec", "clusterIPs");
  const old = listAt(before, "spec", "clusterIPs");
  if (old.length === 0 || next[0] === old[0]) return [];
  if (isEqual(next, old)) return [];
  const detail = "may not change once set";
  return [{ reason: "FieldValueInvalid", field: "spec.clusterIPs[0]", value: next, detail }];
}

function nonEmpty(list: readonly Json[]): readonly Json[] | undefined {
  return list.length === 0 ? undefined : list;
}

function firstOf(list: readonly Json[]): string {
  const first = list[0];
  return typeof first === "string" ? first : "";
}
