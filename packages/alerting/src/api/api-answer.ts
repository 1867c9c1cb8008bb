/** What the API says to a request: a status and, mostly, something as JSON. */
export interface ApiAnswer {
  readonly status: number;
  /** Nothing when it is undefined. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request that is answered with something else than it wished for. */
export class ApiError extends Error {
  readonly answer: ApiAnswer;

  constructor(answer: ApiAnswer) {
    super(JSON.stringify(answer.body));
    this.answer = answer;
  }
}

/** As Alertmanager's handlers say it: a text. */
export function refused(status: number, message: string): ApiError {
  return new ApiError({ status, body: message });
}

/** As Alertmanager says it of a request that does not have the form of the API. */
export function malformed(
  status: number,
  message: string,
  { code = status, headers = {} }: { readonly code?: number; readonly headers?: Readonly<Record<string, string>> } = {},
): ApiError {
  return new ApiError({ status, body: { code, message }, headers });
}
