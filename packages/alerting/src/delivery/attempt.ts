import type { NotificationTemplates } from "../notification-template/notification-template.ts";
import type { Notification } from "../routing/dispatcher.ts";
import { sendEmail } from "./send-email.ts";
import { sendRequest } from "./send-request.ts";

/** What became of one attempt. */
export type Attempt =
  /** With a reason where not everybody has it, and never will. */
  | { readonly outcome: "accepted"; readonly reason?: string }
  | Retry
  /** It will never be accepted as it is. */
  | { readonly outcome: "refused"; readonly reason: string };

/** It may be accepted later. */
export interface Retry {
  readonly outcome: "retry";
  readonly reason: string;
  /** Not before that has passed, where the receiver said so. */
  readonly retryAfterMs?: number | undefined;
  /** It may have been accepted already: nobody has heard what became of it. */
  readonly isUnheard?: boolean;
}

export interface AttemptOptions {
  readonly externalUrl: string;
  readonly templates: NotificationTemplates;
  /** Ends the attempt. */
  readonly signal: AbortSignal;
  readonly nowMs: number;
}

/** Tries once to tell a receiver. It never throws. */
export async function attemptOf(notification: Notification, options: AttemptOptions): Promise<Attempt> {
  const { integration } = notification;
  return integration.kind === "email"
    ? await sendEmail(notification, integration, options)
    : await sendRequest(notification, integration, options);
}
