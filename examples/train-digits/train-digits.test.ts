import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const program = join(import.meta.dirname, "train-digits.ts");

async function train(...args: readonly string[]): Promise<string> {
  const all = ["--conditions=telltale-source", program, "--port", "0", "--epochs", "1", "--hidden", "16", ...args];
  return (await promisify(execFile)(process.execPath, all)).stdout;
}

test("a network learns to read digits, and its metrics tell how", async () => {
  const output = await train();
  expect(output).toMatch(/100 % {2}epoch 1, loss \d/);
  expect(output).toContain("completed after");
  expect(output).toContain('ml_training_steps_total{ml_model="digits"} 282');
  expect(output).toContain('ml_training_samples_total{ml_model="digits"} 9000');
  expect(metricIn(output, 'ml_training_accuracy_ratio{ml_model="digits",ml_split="validation"}')).toBeGreaterThan(0.85);
  expect(metricIn(output, 'ml_model_accuracy_ratio{ml_model="digits"}')).toBeGreaterThan(0.85);
  expect(metricIn(output, 'ml_training_duration_seconds_count{ml_model="digits",ml_outcome="completed"}')).toBe(1);
});

test("with a learning rate that is far too high it diverges, says so and ends", async () => {
  const output = await train("--learning-rate", "1e30");
  expect(output).toMatch(/diverged at step \d+: (nan|inf)_/);
  expect(output).toContain("failed after");
  expect(metricIn(output, 'ml_training_duration_seconds_count{ml_model="digits",ml_outcome="failed"}')).toBe(1);
});

function metricIn(output: string, series: string): number {
  const line = output.split("\n").find((one) => one.startsWith(`${series} `));
  return Number(line?.slice(series.length + 1));
}
