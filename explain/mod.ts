/**
 * A cluster as one value, and what can be said of it without changing anything: why a Service has no address, who
 * may announce one and who does. Decides nothing of its own: leader and speakers are asked, by the functions that
 * they decide with. Knows neither the API server nor files: those are read in `cli/`.
 *
 * @module
 */
export * from "./difference.ts";
export * from "./objects.ts";
export * from "./outlook.ts";
export * from "./overlay.ts";
export * from "./overview.ts";
export * from "./snapshot.ts";
export * from "./gate.ts";
export * from "./leader.ts";
export * from "./matter.ts";
export * from "./nodes.ts";
export * from "./verdict.ts";
export { count } from "./words.ts";
