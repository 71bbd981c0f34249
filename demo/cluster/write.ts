import type { Resource } from "../../kube/resource.ts";
import type { JsonObject, ObjectMeta } from "../../kube/types.ts";

/** Which collection an object stands in. */
export type Place = Pick<Resource<unknown>, "apiVersion" | "kind" | "plural">;

/** One change to be made through the API. */
export type Write =
  | {
    readonly kind: "create";
    readonly of: Place;
    readonly namespace: string;
    readonly name: string;
    /** `metadata` beyond the names, `spec` and whatever else the kind has. */
    readonly body: JsonObject;
  }
  /** A JSON merge patch (RFC 7396). */
  | {
    readonly kind: "patch";
    readonly of: Place;
    readonly namespace: string;
    readonly name: string;
    readonly subresource?: "status";
    readonly body: JsonObject;
  }
  | {
    readonly kind: "delete";
    readonly of: Place;
    readonly namespace: string;
    readonly name: string;
    /** Only if it is still this object. */
    readonly uid: string;
    /** @default what the API says */
    readonly graceSeconds?: number;
  }
  | {
    readonly kind: "bind";
    readonly namespace: string;
    readonly name: string;
    readonly nodeName: string;
  };

/** An owner reference, as controllers set it. */
export function ownedBy(of: Place, meta: ObjectMeta): JsonObject {
  return {
    apiVersion: of.apiVersion,
    kind: of.kind,
    name: meta.name,
    uid: meta.uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}

/**
 * A short name made from a text, in letters that spell no words, as Kubernetes' generated names are.
 * The same text always gives the same name, so that doing something twice meets "already exists".
 */
export function shortName(text: string, length: number): string {
  // FNV-1a, 64 bits.
  let hash = 0xcbf29ce484222325n;
  for (let i = 0; i < text.length; i++) {
    hash = (hash ^ BigInt(text.charCodeAt(i))) * 0x100000001b3n & 0xffffffffffffffffn;
  }
  // The low bits of FNV are its weaker ones.
  hash ^= hash >> 32n;
  let name = "";
  for (let i = 0; i < length; i++) {
    name += LETTERS[Number(hash % BigInt(LETTERS.length))];
    hash /= BigInt(LETTERS.length);
  }
  return name;
}

const LETTERS = "bcdfghjklmnpqrstvwxz2456789";
