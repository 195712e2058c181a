import type { ReactNode } from 'react';
import { Money, Time } from '../../parts/format';
import { Badge } from '../../parts/page';
import { useText } from '../../text/catalogue';
import type { Batch, Check } from './batchPage';

/** What is signed, in figures and capitals as the house computed them, and by whom. */
export function CheckTotals({ batch, check }: { readonly batch: Batch; readonly check: Check }): ReactNode {
  const t = useText();
  const { totals } = check;
  const { proposal } = batch;
  if (!totals || !proposal)
    return (
      <div className="card">
        <p className="figure">
          {batch.declared.count} · <Money fen={batch.declared.totalFen} />
        </p>
        <p>
          {t('batch.maker')} {check.maker}
        </p>
      </div>
    );
  return (
    <section className="card" aria-labelledby="check">
      <h2 id="check">{t('batch.check')}</h2>
      <p className="figure big">
        <Money fen={totals.netFen} />
      </p>
      <p className="capitals" lang="zh-CN">
        {totals.netCapitals}
      </p>
      <dl className="facts">
        <Fact name={t('batch.count')}>{totals.count}</Fact>
        <Fact name={t('batch.gross')}>
          <Money fen={totals.grossFen} />
        </Fact>
        <Fact name={t('batch.fee')}>
          <Money fen={totals.feeFen} />
        </Fact>
        <Fact name={t('batches.total')}>
          <Badge tone={check.agrees ? 'good' : 'bad'}>{t(check.agrees ? 'batch.agrees' : 'batch.differs')}</Badge>
        </Fact>
        <Fact name={t('batch.maker')}>{check.maker}</Fact>
        <Fact name={t('batch.expires')}>
          <Time at={proposal.expiresAt} />
        </Fact>
        <Fact name={t('batch.signatures')}>
          {proposal.signatures.length === 0 && t('batch.signatures.none')}
          <ul className="plain">
            {proposal.signatures.map((signature) => (
              <li key={signature.checker}>
                {signature.checker}{' '}
                <Badge tone={signature.decision === 'approve' ? 'good' : 'bad'}>
                  {t(signature.decision === 'approve' ? 'batch.approves' : 'batch.rejects')}
                </Badge>{' '}
                <Time at={signature.at} />
              </li>
            ))}
          </ul>
        </Fact>
        {check.asked.length > 0 && <Fact name={t('batch.asked')}>{check.asked.join('、')}</Fact>}
      </dl>
      <p className="muted">
        {t('batch.digest')} <code className="digest">{proposal.digest}</code>
      </p>
    </section>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
