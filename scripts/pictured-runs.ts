export interface PicturedRun {
  readonly simulator: string;
  readonly fault: string;
  readonly minutes: number;
  /** What is to be seen. */
  readonly caption: string;
}

/** Which run of a simulator the picture of a dashboard shows, by the dashboard's name. */
export const PICTURES: Readonly<Record<string, PicturedRun>> = {
  trading: {
    simulator: "market",
    fault: "disconnect",
    minutes: 40,
    caption: "A simulated market whose venue is gone after 20 minutes.",
  },
  consensus: {
    simulator: "validators",
    fault: "halt",
    minutes: 40,
    caption: "A simulated chain that stands after 20 minutes, as sixteen of its forty validators are gone.",
  },
  training: {
    simulator: "training-run",
    fault: "diverge",
    minutes: 40,
    caption: "A simulated training that diverges after 20 minutes.",
  },
  agents: {
    simulator: "cluster",
    fault: "crash-loop",
    minutes: 40,
    caption: "Simulated agents that crash again and again from the 20th minute on.",
  },
  cluster: {
    simulator: "cluster",
    fault: "growing-queue",
    minutes: 60,
    caption: "A simulated cluster whose queue grows from the 20th minute on.",
  },
  gaming: {
    simulator: "craps-table",
    fault: "loaded",
    minutes: 60,
    caption: "Simulated tables of craps whose dice are loaded after 20 minutes.",
  },
};
