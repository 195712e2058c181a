import type { QueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';

/** How long one stream is asked for, s; the house looks at the log-in again at each. */
const SECONDS = 290;
/** After how long without a key or a pointer the console stops listening, ms: a screen that nobody looks at keeps no log-in alive. */
const IDLE_MS = 10 * 60_000;
/** Changes that come close together are read once, ms. */
const GATHER_MS = 300;
const RETRY_MS = [1_000, 2_000, 5_000, 15_000];

type Standing = 'listening' | 'lost' | 'resting';
let standing: Standing = 'resting';
const heard = new Set<() => void>();

function stand(now: Standing): void {
  standing = now;
  for (const each of heard) each();
}

/** Whether changes are heard of as they happen. */
export function useLive(): Standing {
  return useSyncExternalStore(
    (each) => {
      heard.add(each);
      return () => heard.delete(each);
    },
    () => standing,
  );
}

let usedAt = Date.now();
for (const kind of ['keydown', 'pointerdown']) window.addEventListener(kind, () => (usedAt = Date.now()), { passive: true });

/** Until somebody uses this screen. */
const used = (): Promise<void> =>
  new Promise((resolve) => {
    const look = setInterval(() => {
      if (Date.now() - usedAt > IDLE_MS) return;
      clearInterval(look);
      resolve();
    }, 1_000);
  });

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Listens for as long as the screen is used, and has what is shown read anew when something happened. Where it was cut off it goes on after the last event it heard. */
export async function listen(cache: QueryClient): Promise<void> {
  let last: string | null = null;
  let gathering: ReturnType<typeof setTimeout> | undefined;
  const changed = (): void => {
    clearTimeout(gathering);
    gathering = setTimeout(() => void cache.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'me' }), GATHER_MS);
  };
  for (let failures = 0; ; ) {
    if (Date.now() - usedAt > IDLE_MS) {
      stand('resting');
      await used();
    }
    const end = await stream(last, (id, isEvent) => {
      failures = 0;
      last = id;
      stand('listening');
      if (isEvent) changed();
    });
    // Not for this log-in: its screens read when they are opened, and nobody is told that something is lost.
    if (end === 'refused') return stand('resting');
    if (end === 'cut') {
      stand('lost');
      await pause(RETRY_MS[Math.min(failures, RETRY_MS.length - 1)]!);
      failures += 1;
    }
  }
}

/** One stream, from its beginning to its end. */
async function stream(last: string | null, hear: (id: string, isEvent: boolean) => void): Promise<'over' | 'cut' | 'refused'> {
  try {
    const response = await fetch(`/v1/live?seconds=${SECONDS}`, {
      headers: { 'x-almoner-console': '1', ...(last === null ? {} : { 'last-event-id': last }) },
    });
    if (response.status === 401 || response.status === 403) return 'refused';
    if (!response.ok || !response.body) return 'cut';
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let text = ''; ; ) {
      const { value, done } = await reader.read();
      if (done) return 'over';
      const blocks = (text + value).split('\n\n');
      text = blocks.pop()!;
      for (const block of blocks) {
        const id = /^id: (\d+)$/m.exec(block)?.[1];
        if (id !== undefined) hear(id, !/^event: listening$/m.test(block));
      }
    }
  } catch {
    // The network's end of it: the house is asked again from the last event on.
    return 'cut';
  }
}
