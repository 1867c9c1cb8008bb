import type { Clock } from "../clock.ts";
import type { InterventionOutcome, InterventionRequest } from "../intervention/intervention-request.ts";

/** A thread that hangs cannot say that the time is over: so much later it is said for it. */
const GRACE_MS = 1_000;

/** What becomes of an intervention in another thread, whatever that thread does. */
export async function interveneWithin(
  request: InterventionRequest,
  intervene: ((request: InterventionRequest) => Promise<InterventionOutcome>) | undefined,
  clock: Clock,
): Promise<InterventionOutcome> {
  if (intervene === undefined) return { outcome: "not_registered", text: "there is no application to run code in" };
  return await new Promise((resolve) => {
    const { timeoutMs } = request;
    const timer = clock.at(clock.now() + timeoutMs + GRACE_MS, () => {
      resolve({
        outcome: "timed_out",
        text: `the application's thread has not answered in ${timeoutMs + GRACE_MS} ms`,
      });
    });
    const settle = (outcome: InterventionOutcome) => {
      timer[Symbol.dispose]();
      resolve(outcome);
    };
    const work = async () => await intervene(request);
    work().then(settle, (error: Error) => settle({ outcome: "failed", text: error.message }));
  });
}
