/**
 * Asks again and again until `probe` has an answer.
 *
 * @throws Error when there is none within `limitSeconds`; `what` says what was waited for
 */
export async function eventually<T>(
  what: string,
  limitSeconds: number,
  probe: () => Promise<T | undefined>,
): Promise<T> {
  const end = performance.now() + limitSeconds * 1000;
  for (;;) {
    const answer = await probe();
    if (answer !== undefined) return answer;
    if (performance.now() > end) throw new Error(`Waited ${limitSeconds} s in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}
