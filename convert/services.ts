import { jsonObjectOf, quote } from "../config/tree.ts";
import { heldBy } from "../controller/request.ts";
import { formatIp, type IpAddress, parseIp } from "../ip/address.ts";
import { SERVICES } from "../kube/resources.ts";
import type { FoundService } from "./left.ts";
import type { Note } from "./note.ts";
import { type FoundObject, nameObject } from "./objects.ts";

/** The Services of type LoadBalancer that are not being deleted. */
export function findServices(objects: readonly FoundObject[]): readonly FoundService[] {
  return objects.filter(({ apiVersion, kind }) => apiVersion === "v1" && kind === "Service")
    .flatMap((object) => {
      const service = SERVICES.parse(jsonObjectOf(object.tree));
      const isOne = service?.type === "LoadBalancer" &&
        service.meta.deletionTimestamp === undefined;
      return isOne ? [{ service, object }] : [];
    });
}

/** What a Service is to keep, and what of that it cannot. */
export interface Kept {
  readonly addresses: readonly IpAddress[];
  readonly notes: readonly Note[];
}

/**
 * The addresses that a Service is to keep: those in its status; else those that it asked for. Of several
 * addresses of one family the first is kept.
 */
export function keptBy({ service, object }: FoundService, asked: string): Kept {
  const held = heldBy(service).filter(isReal);
  const texts = [...asked.split(","), service.loadBalancerIP ?? ""];
  const wanted = texts.flatMap((text) => parseIp(text.trim()) ?? []).filter(isReal);
  const all = held.length > 0 ? held : wanted;
  const addresses = all.filter((each, i) =>
    all.findIndex(({ family }) => family === each.family) === i
  );
  const lost = held.filter((each) => !addresses.includes(each));
  const notes = lost.map((each): Note => ({
    kind: "lost",
    place: object.place,
    message: `Address ${formatIp(each)} of ${nameObject(object)}: a Service has one address of ` +
      `each family; make a second Service for it`,
  }));
  return { addresses, notes };
}

/** `0.0.0.0` is what kube-vip writes where DHCP is to be asked. */
function isReal({ value }: IpAddress): boolean {
  return value !== 0n;
}

/** What becomes of an annotation, where that is worth a word. */
export interface AnnotationFate {
  readonly kind: Note["kind"];
  /** Follows the name of the annotation and of its object. */
  readonly message: string;
}

/** A note for each annotation of a Service that has a fate. */
export function noteAnnotations(
  { service, object }: FoundService,
  fates: Readonly<Record<string, AnnotationFate>>,
): readonly Note[] {
  return Object.keys(service.meta.annotations).flatMap((name) => {
    const fate = Object.hasOwn(fates, name) ? fates[name] : undefined;
    if (fate === undefined) return [];
    const message = `Annotation ${quote(name)} of ${nameObject(object)}: ${fate.message}`;
    return [{ kind: fate.kind, place: object.place, message }];
  });
}
