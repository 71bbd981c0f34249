import type { AddressWriter } from "./kernel/address_writer.ts";
import { KernelWriter, type KernelWriterDeps } from "./kernel/apply.ts";
import { RespondWriter } from "./respond/respond_writer.ts";

/** Whether held addresses are bound in the kernel, which then answers, or answered for by this process. */
export type L2Mode = typeof L2_MODES[number];

/** The modes, the default first. */
export const L2_MODES = ["bind", "respond"] as const;

/** What carries out the claims and releases of the table in this mode. */
export function createWriter(
  l2: L2Mode,
  deps: KernelWriterDeps,
  signal: AbortSignal,
): AddressWriter {
  switch (l2) {
    case "bind":
      return new KernelWriter(deps, signal);
    case "respond":
      return new RespondWriter(deps, signal);
    default:
      return l2 satisfies never;
  }
}
