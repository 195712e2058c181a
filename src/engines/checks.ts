/** What the doctor found out about one thing. */
export type Check = {
  name: string;
  ok: boolean;
  /** Whether a start fails while this is not well. */
  blocks: boolean;
  found: string;
  /** What to do; empty when it is well. */
  todo: string;
};

export const well = (name: string, found: string): Check => ({ name, ok: true, blocks: false, found, todo: '' });
export const unwell = (name: string, found: string, todo: string): Check => ({ name, ok: false, blocks: true, found, todo });
export const advice = (name: string, found: string, todo: string): Check => ({ name, ok: false, blocks: false, found, todo });
