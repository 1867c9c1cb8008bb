/** The length of all gradients together, as if they were one vector. NaN or infinite where one of them is. */
export function gradientNorm(gradients: Iterable<ArrayLike<number>>): number {
  let sum = 0;
  for (const gradient of gradients) {
    for (let i = 0; i < gradient.length; i++) {
      const value = gradient[i] as number;
      sum += value * value;
    }
  }
  return Math.sqrt(sum);
}
