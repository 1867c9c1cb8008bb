/** Pearson's test: whether counts of outcomes are such as a law of chance brings. */
export interface ChiSquareTest {
  readonly draws: number;
  readonly chiSquare: number;
  readonly degreesOfFreedom: number;
  /** How often draws that follow the law are as far from it, or further; 1 where there is nothing to test. */
  readonly pValue: number;
}

/** Below this many expected draws an outcome is taken together with others: the test's approximation asks for it. */
const MIN_EXPECTED = 5;

/**
 * `counts` and `weights` have the same order; the weights of the law need not add up to 1.
 * @see https://www.itl.nist.gov/div898/handbook/eda/section3/eda35f.htm
 */
export function chiSquareTest(counts: ArrayLike<number>, weights: ArrayLike<number>): ChiSquareTest {
  const draws = sum(counts);
  const weight = sum(weights);
  let [chiSquare, cells] = [0, 0];
  const rare = { seen: 0, expected: 0 };
  for (let i = 0; i < weights.length; i++) {
    const [seen, expected] = [counts[i] as number, (draws * (weights[i] as number)) / weight];
    if (expected < MIN_EXPECTED) {
      rare.seen += seen;
      rare.expected += expected;
      continue;
    }
    chiSquare += (seen - expected) ** 2 / expected;
    cells++;
  }
  if (rare.expected >= MIN_EXPECTED) {
    chiSquare += (rare.seen - rare.expected) ** 2 / rare.expected;
    cells++;
  }
  const degreesOfFreedom = Math.max(0, cells - 1);
  if (degreesOfFreedom === 0) return { draws, chiSquare: 0, degreesOfFreedom, pValue: 1 };
  return { draws, chiSquare, degreesOfFreedom, pValue: upperGamma(degreesOfFreedom / 2, chiSquare / 2) };
}

const MAX_TERMS = 1_000;
const PRECISION = 1e-15;

/** The regularized upper incomplete gamma function, Q(a, x): by its series below a + 1, by its continued fraction above. */
function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1;
  const factor = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let total = term;
    for (let n = 1; n < MAX_TERMS && term > total * PRECISION; n++) {
      term *= x / (a + n);
      total += term;
    }
    return Math.max(0, 1 - factor * total);
  }
  // Lentz's method.
  let b = x + 1 - a;
  let c = Number.MAX_VALUE;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1; n < MAX_TERMS; n++) {
    const numerator = -n * (n - a);
    b += 2;
    d = 1 / (numerator * d + b);
    c = b + numerator / c;
    fraction *= c * d;
    if (Math.abs(c * d - 1) < PRECISION) break;
  }
  return factor * fraction;
}

/** Lanczos' approximation, with g = 7 and nine coefficients. */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** Of a number from 1/2 up, as half of the degrees of freedom is. */
function logGamma(value: number): number {
  const x = value - 1;
  const t = x + 7.5;
  const series = LANCZOS.reduce((total, coefficient, i) => (i === 0 ? coefficient : total + coefficient / (x + i)), 0);
  return 0.5 * Math.log(2 * Math.PI) + (x + 0.5) * Math.log(t) - t + Math.log(series);
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i] as number;
  return total;
}
