export interface AgentsOptions {
  /** Monotonic, in milliseconds. @default performance.now */
  readonly now?: () => number;
}

export type AgentsSettings = Required<AgentsOptions>;

/** @throws TypeError with code TELLTALE_BAD_AGENTS_OPTION */
export function agentsSettings(options: AgentsOptions): AgentsSettings {
  for (const name of Object.keys(options)) {
    // `enabled` is what OpenTelemetry gives to every instrumentation.
    if (name !== "enabled" && name !== "now") throw badOption(`${name} is not an option; there is now`);
  }
  const { now = () => performance.now() } = options;
  if (typeof now !== "function") throw badOption(`now is ${String(now)}; give a function that gives milliseconds`);
  return { now };
}

function badOption(message: string): TypeError {
  return Object.assign(new TypeError(`agents.${message}`), { code: "TELLTALE_BAD_AGENTS_OPTION" });
}
