/** How the receiver answers; the faults are those a real backend or network shows. */
export type ReceiverAnswer =
  /** Takes the data, and answers 200, `delayMs` later if given. */
  | {
      readonly type: "accept";
      readonly delayMs?: number;
      readonly partialSuccess?: { readonly rejected: number; readonly message: string };
    }
  /** Refuses the data. `retryAfterSeconds` becomes the `Retry-After` header. */
  | {
      readonly type: "refuse";
      readonly status: number;
      readonly retryAfterSeconds?: number;
      readonly message?: string;
      readonly delayMs?: number;
    }
  /** Reads the request and never answers; the data is not taken. */
  | { readonly type: "hang" }
  /** Takes the data and closes the connection without an answer, so that a client that retries sends it twice. */
  | { readonly type: "drop" };

export interface AnswerPlan {
  /** Without `times`: from now on. With `times`: for so many requests, after those planned before it. */
  plan(answer: ReceiverAnswer, times: number | undefined): void;
  next(): ReceiverAnswer;
}

const types: readonly ReceiverAnswer["type"][] = ["accept", "refuse", "hang", "drop"];

export function answerPlan(): AnswerPlan {
  let lasting: ReceiverAnswer = { type: "accept" };
  let planned: { readonly answer: ReceiverAnswer; left: number }[] = [];
  return {
    plan(answer, times) {
      if (!types.includes(answer.type)) {
        const message = `respond() got the type ${JSON.stringify(answer.type)}; give one of ${types.join(", ")}`;
        throw Object.assign(new TypeError(message), { code: "TELLTALE_BAD_ANSWER" });
      }
      if (times !== undefined) {
        planned.push({ answer, left: times });
        return;
      }
      planned = [];
      lasting = answer;
    },
    next() {
      const first = planned[0];
      if (first === undefined) return lasting;
      first.left -= 1;
      if (first.left <= 0) planned.shift();
      return first.answer;
    },
  };
}
