/** Everything that a system of agents tells of them. */
import { named } from "../named.ts";
import { Agent, type AgentOptions } from "./agent.ts";
import { type AgentsOptions, type AgentsSettings, agentsSettings } from "./agents-options.ts";
import { liveAgents } from "./observe-agents.ts";
import { Population } from "./population.ts";
import { TypeTally } from "./type-tally.ts";

export class Agents implements Disposable {
  private readonly settings: AgentsSettings;
  private readonly byType = new Map<string, TypeTally>();
  private readonly byName = new Map<string, Population>();

  /** Made by `createAgents()`. */
  constructor(options: AgentsOptions) {
    this.settings = agentsSettings(options);
    liveAgents.add(this);
  }

  /** A new agent, idle until it is started. It counts as alive until it is told to be stopped or crashed. */
  spawn({ type = "default" }: AgentOptions = {}): Agent {
    return new Agent(this.tally(type), this.settings.now);
  }

  /** The population of this name. */
  population(name: string): Population {
    return named(this.byName, name, (called) => {
      return new Population(called, (what) => this.tally("other").anomaly("bad_value", what));
    });
  }

  get tallies(): Iterable<TypeTally> {
    return this.byType.values();
  }

  get populations(): Iterable<Population> {
    return this.byName.values();
  }

  /** Takes what is as it is out of the metrics: counts stay. */
  [Symbol.dispose](): void {
    liveAgents.delete(this);
    if (own === this) own = undefined;
  }

  private tally(type: string): TypeTally {
    return named(this.byType, type, (called) => new TypeTally(called));
  }
}

let own: Agents | undefined;

/**
 * What this process tells of its agents. `agents()` gives it back.
 * @throws TypeError with code TELLTALE_BAD_AGENTS_OPTION
 */
export function createAgents(options: AgentsOptions = {}): Agents {
  const made = new Agents(options);
  own?.[Symbol.dispose]();
  own = made;
  return made;
}

/** The agents as they were created last, by the instrumentation for one; else with defaults. */
export function agents(): Agents {
  return own ?? createAgents();
}
