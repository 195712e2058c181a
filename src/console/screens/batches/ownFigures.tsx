import { Input } from 'antd';
import { type ReactNode, useEffect, useId, useState } from 'react';
import { fenOf, yuan } from '../../parts/format';
import { useText } from '../../text/catalogue';

interface Props {
  readonly of: { readonly count: number; readonly totalFen: string };
  readonly agree: (agrees: boolean) => void;
}

/** The maker's own count and total, from paper: held against the file where they are written. Left empty, nothing is held against it. */
export function OwnFigures({ of, agree }: Props): ReactNode {
  const t = useText();
  const [countId, totalId] = [useId(), useId()];
  const [count, setCount] = useState('');
  const [total, setTotal] = useState('');
  const countAgrees = count.trim() === '' || count.trim() === String(of.count);
  const totalAgrees = total.trim() === '' || fenOf(total.replaceAll(',', '')) === of.totalFen;
  const agrees = countAgrees && totalAgrees;
  useEffect(() => agree(agrees), [agree, agrees]);
  return (
    <section className="card" aria-labelledby="own">
      <h2 id="own">{t('newBatch.own')}</h2>
      <div className="row">
        <span className="choice">
          <label htmlFor={countId}>{t('batch.count')}</label>
          <Input
            id={countId}
            className="amount"
            inputMode="numeric"
            autoComplete="off"
            value={count}
            onChange={(event) => setCount(event.target.value)}
          />
        </span>
        <span className="choice">
          <label htmlFor={totalId}>{t('newBatch.own.total')}</label>
          <Input
            id={totalId}
            className="amount"
            inputMode="decimal"
            autoComplete="off"
            value={total}
            onChange={(event) => setTotal(event.target.value)}
          />
        </span>
      </div>
      <div role="status">{!agrees && <p className="alert bad">{t('newBatch.own.differs', { n: of.count, total: yuan(of.totalFen) })}</p>}</div>
    </section>
  );
}
