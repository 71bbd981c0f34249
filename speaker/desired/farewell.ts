import type { Node } from "../../kube/types.ts";
import { isLeaving } from "./leaving.ts";

/** What the API says of this node, as far as it is known: `unknown` before the first answer. */
export type OwnNode =
  | { readonly kind: "unknown" }
  | { readonly kind: "gone" }
  | { readonly kind: "there"; readonly node: Node };

/** What becomes of held addresses. */
export type Farewell = "hand-over" | "keep";

/**
 * What an orderly stop does with the addresses that are held: hand them over to other nodes, or leave them to
 * the kernel for the next start. The process is told to stop in the same way for both; its node says which is
 * meant. In doubt they stay: if nobody comes back, they expire within 30 s, and others claim them then.
 *
 * @see docs/adr/0012-stopped-for-good.md
 */
export function farewell(
  own: OwnNode,
  { releaseOnExit }: { readonly releaseOnExit: boolean },
): Farewell {
  if (releaseOnExit) return "hand-over";
  switch (own.kind) {
    case "unknown":
      return "keep";
    case "gone":
      return "hand-over";
    case "there":
      return isLeaving(own.node) || isNotReady(own.node) ? "hand-over" : "keep";
    default:
      return own satisfies never;
  }
}

/** The kubelet says so itself: it is shutting the node down, or cannot run pods. Unknown is another matter. */
function isNotReady({ conditions }: Node): boolean {
  return conditions.some(({ type, status }) => type === "Ready" && status === "False");
}
