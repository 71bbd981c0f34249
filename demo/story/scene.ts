import type { ClusterTool } from "../kubectl/cluster_tool.ts";
import type { Stage } from "./stage.ts";
import type { Voice } from "./voice.ts";

/** What every act of the story works with. */
export interface Scene {
  readonly stage: Stage;
  readonly voice: Voice;
  readonly tool: ClusterTool;
  /** Path of curl, where there is one. */
  readonly curl: string | undefined;
  readonly signal: AbortSignal;
}
