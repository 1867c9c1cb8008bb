export type { Agent, AgentOptions, AgentState, SentOutcome } from "./agents/agent.ts";
export { type Agents, agents, createAgents } from "./agents/agents.ts";
export { AgentsInstrumentation, type AgentsInstrumentationConfig } from "./agents/agents-instrumentation.ts";
export type { AgentsOptions } from "./agents/agents-options.ts";
export { catalogue } from "./agents/catalogue.ts";
export type { Goal, GoalOutcome } from "./agents/goal.ts";
export type { AgentMessage } from "./agents/message.ts";
export type { Fitness, Population } from "./agents/population.ts";
