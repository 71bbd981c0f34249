import { compareAge, type Request } from "./request.ts";

/** Puts a request where its age says, behind what stands before `from`. */
export function insertByAge(requests: Request[], request: Request, from: number = 0): void {
  requests.splice(placeOf(requests, request, from), 0, request);
}

/** Takes a request out of a list by age; nothing happens where it is not in it. */
export function removeByAge(requests: Request[], request: Request): void {
  const index = placeOf(requests, request, 0);
  if (requests[index]?.key === request.key) requests.splice(index, 1);
}

/** Index of the first request that is not older. */
function placeOf(requests: readonly Request[], request: Request, from: number): number {
  let low = from;
  let high = requests.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = requests[middle];
    if (other !== undefined && compareAge(other, request) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
