let one = 1;

export const TWO: number = one + one;
