const one = 1, two = 2;

export const THREE: number = one + two;
