import { Input } from 'antd';
import { type ReactNode, useId } from 'react';
import { Time } from '../../parts/format';
import { useText } from '../../text/catalogue';
import type { Batch } from './batchPage';

interface Lane {
  readonly reason: string | null;
  readonly change: (reason: string | null) => void;
  /** The key that asks for it, where there is one. */
  readonly hint?: string;
}

/** Whether a batch goes by the emergency lane, and why it cannot wait its turn. @param reason null: it can wait. */
export function EmergencyLane({ reason, change, hint }: Lane): ReactNode {
  const t = useText();
  const id = useId();
  return (
    <div>
      <label className="check">
        <input type="checkbox" checked={reason !== null} onChange={(event) => change(event.target.checked ? '' : null)} /> {t('newBatch.emergency')}{' '}
        {hint && <kbd>{hint}</kbd>}
      </label>
      {reason !== null && (
        <>
          <label htmlFor={id}>{t('newBatch.emergency.reason')}</label>
          <Input id={id} autoFocus required maxLength={500} value={reason} onChange={(event) => change(event.target.value)} />
          <p className="muted">{t('newBatch.emergency.promise')}</p>
        </>
      )}
    </div>
  );
}

/** That a batch is an emergency: why, and until when its payment is promised. Nothing for one that waits its turn. */
export function EmergencyNote({ of }: { readonly of: Pick<Batch, 'emergency'> }): ReactNode {
  const t = useText();
  if (!of.emergency) return null;
  return (
    <p className="alert bad">
      <strong>{t('batch.emergency')}</strong> {of.emergency.reason} · {t('batch.promisedBy')} <Time at={of.emergency.promisedBy} />
    </p>
  );
}
