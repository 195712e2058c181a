/** How the steps of a start are shown. The command line prints them; tests collect them. */
export type Progress = {
  /** Runs a step. `say` tells of what takes time within it; the returned text names what came of it. */
  step<Result>(name: string, work: (say: (line: string) => void) => Promise<Result>, outcome: (result: Result) => string): Promise<Result>;
  /** Something a person should see although no step failed. */
  note(line: string): void;
};
