/** What an application says in its own code: an entry of its own, which loads neither parsers nor what alerts. */
export { alert, type CodedAlert } from "./coded-alert/coded-alert.ts";
export type { AlertSeverity, CodedAlertOptions } from "./coded-alert/coded-rule.ts";
export {
  type InterventionCode,
  type InterventionCodeOptions,
  type InterventionContext,
  intervention,
} from "./intervention/intervention-registry.ts";
export type { InterventionAlert } from "./intervention/intervention-request.ts";
