import { messageOf } from "./log.ts";

/** Why a file cannot be read, for the end of a sentence that names it: without the system's number of the error. */
export function whyUnread(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file";
  if (error instanceof Deno.errors.PermissionDenied) return "this user may not read it";
  if (error instanceof Deno.errors.IsADirectory) return "it is a folder";
  return messageOf(error);
}
