/** A network of one hidden layer: 784 pixels, rectified linear units, ten digits. Trained by gradient descent in batches. */
import { seededRandom } from "../simulators/seeded-random.ts";
import { type Digit, PIXELS } from "./digits.ts";

const CLASSES = 10;

export interface Batch {
  /** The mean cross entropy, in nats. */
  readonly loss: number;
  /** Share of its digits that were read right. */
  readonly accuracy: number;
  /** What has to change: of each of the weights. */
  readonly gradients: readonly Float32Array[];
}

export class Network {
  private readonly hidden: number;
  private readonly weights: readonly Float32Array[];
  private readonly activations: Float32Array;
  private readonly outputs = new Float32Array(CLASSES);

  constructor({ hidden, seed }: { readonly hidden: number; readonly seed: number }) {
    const random = seededRandom(seed);
    const layer = (from: number, to: number) =>
      Float32Array.from({ length: from * to }, () => random.normal(0, Math.sqrt(2 / from)));
    this.hidden = hidden;
    this.activations = new Float32Array(hidden);
    this.weights = [layer(PIXELS, hidden), new Float32Array(hidden), layer(hidden, CLASSES), new Float32Array(CLASSES)];
  }

  get parameters(): number {
    return this.weights.reduce((count, { length }) => count + length, 0);
  }

  /** What the network takes these pixels for. */
  read(pixels: Float32Array): number {
    this.forward(pixels);
    return this.outputs.indexOf(Math.max(...this.outputs));
  }

  /** Loss, accuracy and gradients of a batch. Nothing is changed. */
  evaluate(batch: readonly Digit[]): Batch {
    const gradients = this.weights.map(({ length }) => new Float32Array(length));
    let [loss, right] = [0, 0];
    for (const { pixels, label } of batch) {
      this.forward(pixels);
      loss -= Math.log(Math.max(this.outputs[label]!, 1e-12));
      if (this.outputs.indexOf(Math.max(...this.outputs)) === label) right++;
      this.outputs[label]! -= 1;
      this.backward(pixels, { gradients, share: 1 / batch.length });
    }
    return { loss: loss / batch.length, accuracy: right / batch.length, gradients };
  }

  apply(gradients: readonly Float32Array[], learningRate: number): void {
    this.weights.forEach((weights, layer) => {
      const gradient = gradients[layer]!;
      for (let i = 0; i < weights.length; i++) weights[i]! -= learningRate * gradient[i]!;
    });
  }

  private forward(pixels: Float32Array): void {
    const [first, firstBias, second, secondBias] = this.weights as [
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    const { activations, outputs, hidden } = this;
    for (let h = 0; h < hidden; h++) {
      let sum = firstBias[h]!;
      const row = h * PIXELS;
      for (let p = 0; p < PIXELS; p++) sum += first[row + p]! * pixels[p]!;
      activations[h] = Math.max(0, sum);
    }
    for (let c = 0; c < CLASSES; c++) {
      let sum = secondBias[c]!;
      for (let h = 0; h < hidden; h++) sum += second[c * hidden + h]! * activations[h]!;
      outputs[c] = sum;
    }
    // Softmax, whose exponentials do not overflow.
    const highest = Math.max(...outputs);
    let total = 0;
    for (let c = 0; c < CLASSES; c++) {
      outputs[c] = Math.exp(outputs[c]! - highest);
      total += outputs[c]!;
    }
    for (let c = 0; c < CLASSES; c++) outputs[c]! /= total;
  }

  /** `outputs` hold the derivatives of the loss now. */
  private backward(
    pixels: Float32Array,
    { gradients, share }: { readonly gradients: readonly Float32Array[]; readonly share: number },
  ): void {
    const [first, firstBias, second, secondBias] = gradients as [
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    const { activations, outputs, hidden } = this;
    const above = this.weights[2]!;
    for (let c = 0; c < CLASSES; c++) secondBias[c]! += share * outputs[c]!;
    for (let h = 0; h < hidden; h++) {
      const active = activations[h]!;
      let derivative = 0;
      for (let c = 0; c < CLASSES; c++) {
        second[c * hidden + h]! += share * outputs[c]! * active;
        derivative += above[c * hidden + h]! * outputs[c]!;
      }
      if (active === 0) continue;
      firstBias[h]! += share * derivative;
      const row = h * PIXELS;
      for (let p = 0; p < PIXELS; p++) first[row + p]! += share * derivative * pixels[p]!;
    }
  }
}
