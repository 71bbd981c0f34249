import { isAlreadyExists, isConflict, isNotFound, type Kube, pathOf } from "../../kube/mod.ts";
import { isObject } from "../../kube/json.ts";
import type { JsonObject } from "../../kube/types.ts";
import { PODS } from "./objects.ts";
import type { Write } from "./write.ts";

/**
 * Makes one change. That somebody was quicker (it exists, it is gone, it has changed) is no error: the next look decides.
 *
 * @throws KubeError for anything else that the API server refuses
 */
export async function applyWrite(kube: Kube, write: Write, signal: AbortSignal): Promise<void> {
  try {
    await send(kube, write, signal);
  } catch (error) {
    if (!isAlreadyExists(error) && !isNotFound(error) && !isConflict(error)) throw error;
  }
}

async function send(kube: Kube, write: Write, signal: AbortSignal): Promise<void> {
  const { namespace, name } = write;
  switch (write.kind) {
    case "create": {
      const { of, body } = write;
      const path = pathOf(of, { namespace });
      await kube.request({ method: "POST", path, body: named(write, body) }, signal);
      return;
    }
    case "patch": {
      const { of, body, subresource } = write;
      const path = pathOf(of, { namespace, name, ...(subresource && { subresource }) });
      const contentType = "application/merge-patch+json";
      await kube.request({ method: "PATCH", path, body, contentType }, signal);
      return;
    }
    case "delete": {
      const { of, uid, graceSeconds } = write;
      const body = {
        apiVersion: "v1",
        kind: "DeleteOptions",
        preconditions: { uid },
        ...(graceSeconds !== undefined && { gracePeriodSeconds: graceSeconds }),
      };
      await kube.request({ method: "DELETE", path: pathOf(of, { namespace, name }), body }, signal);
      return;
    }
    case "bind": {
      const path = pathOf(PODS, { namespace, name, subresource: "binding" });
      const target = { apiVersion: "v1", kind: "Node", name: write.nodeName };
      const body = { apiVersion: "v1", kind: "Binding", metadata: { name, namespace }, target };
      try {
        await kube.request({ method: "POST", path, body }, signal);
      } catch (error) {
        if (!isNotFound(error)) throw error;
        // The API server in memory has no such subresource, and lets the field be written.
        const patch = { spec: { nodeName: write.nodeName } };
        const at = { kind: "patch", of: PODS, namespace, name } as const;
        await send(kube, { ...at, body: patch }, signal);
      }
      return;
    }
    default:
      return write satisfies never;
  }
}

function named(write: Extract<Write, { kind: "create" }>, body: JsonObject): JsonObject {
  const { of, namespace, name } = write;
  const given = body["metadata"];
  const metadata = {
    ...(isObject(given) ? given : {}),
    name,
    ...(namespace !== "" && { namespace }),
  };
  return { apiVersion: of.apiVersion, kind: of.kind, ...body, metadata };
}
