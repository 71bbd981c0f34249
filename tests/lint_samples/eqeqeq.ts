export function isOne(value: number): boolean {
  return value == 1;
}
