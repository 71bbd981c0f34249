import { isObject, numberAt, objectAt, stringAt } from "../kube/json.ts";
import type { Json, JsonObject } from "../kube/types.ts";
import type { NodeOptions } from "./cluster/node.ts";
import type { Endpoint } from "./lan/relay.ts";
import type { WitnessOptions } from "./wire/witness.ts";

/** What a process of the demo that is neither leader nor speaker does. */
export type Part =
  | { readonly kind: "relay"; readonly from: Endpoint; readonly to: Endpoint }
  | { readonly kind: "witness" } & WitnessOptions
  | { readonly kind: "controllers"; readonly kubeconfig: string }
  | { readonly kind: "node"; readonly kubeconfig: string } & NodeOptions
  | { readonly kind: "fetch"; readonly url: string; readonly limitMs: number };

/** The environment variable by which `demo` is told to play a part instead of the whole. */
export const PART_VARIABLE = "LANLORD_DEMO_PART";

/**
 * Reads the value of `LANLORD_DEMO_PART`.
 *
 * @throws SyntaxError when it is none that `JSON.stringify` made of a Part
 */
export function parsePart(text: string): Part {
  const value: Json = JSON.parse(text);
  const object = isObject(value) ? value : {};
  const string = (name: string): string => required(stringAt(object, name), name);
  const number = (name: string): number => required(numberAt(object, name), name);
  switch (object["kind"]) {
    case "relay":
      return { kind: "relay", from: endpointAt(object, "from"), to: endpointAt(object, "to") };
    case "witness":
      return { kind: "witness", address: string("address") };
    case "controllers":
      return { kind: "controllers", kubeconfig: string("kubeconfig") };
    case "node": {
      const where = { address: string("address"), podCidr: string("podCidr") };
      const nodeName = string("nodeName");
      return { kind: "node", kubeconfig: string("kubeconfig"), nodeName, ...where };
    }
    case "fetch":
      return { kind: "fetch", url: string("url"), limitMs: number("limitMs") };
    default:
      throw new SyntaxError(`Cannot play a part of the demo: ${PART_VARIABLE} is "${text}"`);
  }
}

function endpointAt(object: JsonObject, key: string): Endpoint {
  const endpoint = objectAt(object, key);
  const path = stringAt(endpoint, "path");
  if (path !== undefined) return { kind: "unix", path };
  const hostname = required(stringAt(endpoint, "hostname"), "hostname");
  return { kind: "tcp", hostname, port: required(numberAt(endpoint, "port"), "port") };
}

function required<T>(value: T | undefined, name: string): T {
  if (value !== undefined) return value;
  throw new SyntaxError(`Cannot play a part of the demo: "${name}" is missing`);
}
