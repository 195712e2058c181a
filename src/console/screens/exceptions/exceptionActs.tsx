import { useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { type ReactNode, useState } from 'react';
import { useKeys } from '../../parts/keys';
import { useMe } from '../../parts/me';
import { type TextKey, useText } from '../../text/catalogue';
import { ActDialog } from './actDialog';
import { ACTS, type ActName } from './acts';
import type { MoneyException } from './exceptionsPage';

/** Who asked to settle it does not confirm that. */
const isOwnAsking = (of: MoneyException, act: string, staffId: string): boolean => act === 'confirm-settlement' && of.settlement?.staffId === staffId;

/** The acts that the house allows on a money event now, by button and by the digits; no other is shown. */
export function ExceptionActs({ of }: { readonly of: MoneyException }): ReactNode {
  const t = useText();
  const me = useMe();
  const cache = useQueryClient();
  const [open, setOpen] = useState<ActName | null>(null);
  const [done, setDone] = useState(false);
  const mayAct = me !== undefined && me.role !== 'auditor';
  const allowed = mayAct
    ? of.acts.flatMap((act): ActName[] =>
        act === 'assign' ? [of.owner.staffId === me.id ? 'return' : 'assign'] : act in ACTS && !isOwnAsking(of, act, me.id) ? [act as ActName] : [],
      )
    : [];
  const choose = (act: ActName): void => {
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
      {open && <ActDialog of={of} act={open} close={() => setOpen(null)} done={finished} />}
    </section>
  );
}
