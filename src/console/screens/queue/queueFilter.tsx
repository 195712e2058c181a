import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Choice } from '../../parts/choice';
import { useText } from '../../text/catalogue';

/** What the queue's address says. */
export interface QueueSearch {
  readonly kind?: 'prior-audit' | 'release-review' | 'use-evidence';
  readonly verdict?: 'pass' | 'fail' | 'needs';
  readonly claimed?: 'mine' | 'nobody';
  readonly aside?: 'only';
  readonly after?: string;
}

/** The filter above the queue: it lives in the address, so that a link or a bookmark is a saved view. */
export function QueueFilter({ search }: { readonly search: QueueSearch }): ReactNode {
  const t = useText();
  const navigate = useNavigate();
  const set = (change: Partial<QueueSearch>): void => {
    void navigate({ to: '/queue', search: { ...search, after: undefined, ...change } as QueueSearch });
  };
  return (
    <form className="filter" aria-label={t('shell.filter')} onSubmit={(event) => event.preventDefault()}>
      <Choice
        label={t('queue.kind')}
        value={search.kind}
        choices={[
          ['prior-audit', t('kind.prior-audit')],
          ['release-review', t('kind.release-review')],
          ['use-evidence', t('kind.use-evidence')],
        ]}
        choose={(kind) => set({ kind })}
      />
      <Choice
        label={t('queue.machine')}
        value={search.verdict}
        choices={[
          ['pass', t('verdict.pass')],
          ['needs', t('verdict.needs')],
          ['fail', t('verdict.fail')],
        ]}
        choose={(verdict) => set({ verdict })}
      />
      <Choice
        label={t('queue.claim')}
        value={search.claimed}
        choices={[
          ['mine', t('queue.claimed.mine')],
          ['nobody', t('queue.claimed.nobody')],
        ]}
        choose={(claimed) => set({ claimed })}
      />
      <Choice
        label={t('aside.filter')}
        value={search.aside}
        none={t('aside.no')}
        choices={[['only', t('aside.only')]]}
        choose={(aside) => set({ aside })}
      />
    </form>
  );
}
