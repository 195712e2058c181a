import { useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { type ReactNode, useState } from 'react';
import { answer, api } from '../../client/client';
import { useKeys } from '../../parts/keys';
import { useMe } from '../../parts/me';
import { type TextKey, useText } from '../../text/catalogue';
import { ActDialog } from './actDialog';
import { ACTS, type ActName } from './acts';
import { CardDialog } from './cardDialog';
import type { MoneyException } from './exceptionsPage';

/** Who asked to settle it does not confirm that. */
const isOwnAsking = (of: MoneyException, act: string, staffId: string): boolean => act === 'confirm-settlement' && of.settlement?.staffId === staffId;

/** An act that has a form of its own, or one of those that are alike. */
type Allowed = ActName | 'refund-to-card';

/** The acts that the house allows on a money event now, by button and by the digits; no other is shown. */
export function ExceptionActs({ of }: { readonly of: MoneyException }): ReactNode {
  const t = useText();
  const me = useMe();
  const cache = useQueryClient();
  const [open, setOpen] = useState<Allowed | null>(null);
  const [done, setDone] = useState(false);
  const mayAct = me !== undefined && me.role !== 'auditor';
  const allowed = mayAct
    ? of.acts.flatMap((act): Allowed[] => {
        if (act === 'assign') return [of.owner.staffId === me.id ? 'return' : 'assign'];
        const has = act === 'refund-to-card' || (act in ACTS && !isOwnAsking(of, act, me.id));
        return has ? [act as Allowed] : [];
      })
    : [];
  const choose = (act: Allowed): void => {
    setDone(false);
    setOpen(act);
  };
  useKeys(allowed.map((act, i) => ({ key: String(i + 1), text: `act.${act}` as TextKey, run: () => choose(act) })));
  const finished = (): void => {
    setDone(true);
    setOpen(null);
    for (const key of ['exception', 'exceptions', 'reconciliation']) void cache.invalidateQueries({ queryKey: [key] });
  };
  return (
    <section className="card" aria-labelledby="acts">
      <h2 id="acts">{t('exception.acts')}</h2>
      <div role="status">{done && <p className="alert good">{t('exception.done')}</p>}</div>
      {allowed.length === 0 && <p>{t('exception.acts.none')}</p>}
      <div className="row">
        {allowed.map((act, i) => (
          <Button key={act} onClick={() => choose(act)}>
            {t(`act.${act}` as TextKey)} <kbd>{i + 1}</kbd>
          </Button>
        ))}
      </div>
      {open === 'refund-to-card' && (
        <CardDialog
          title={t('act.refund-to-card')}
          hint={t('card.hint')}
          send={(card) => answer(api.POST('/v1/exceptions/{id}/card-refunds', { params: { path: { id: of.id } }, body: card }))}
          close={() => setOpen(null)}
          done={finished}
        />
      )}
      {open && open !== 'refund-to-card' && <ActDialog of={of} act={open} close={() => setOpen(null)} done={finished} />}
    </section>
  );
}
