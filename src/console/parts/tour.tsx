import { Button } from 'antd';
import { type ReactNode, useState } from 'react';
import { type TextKey, useText } from '../text/catalogue';
import type { Me } from './me';
import { Modal } from './modal';
import { prefer, usePreferences } from './preferences';

/** Who has a tour. */
const TOURED = [
  'reviewer',
  'finance-maker',
  'finance-checker',
  'operator',
  'auditor',
  'administrator',
  'regulator',
] as const satisfies readonly Me['role'][];
const STEPS = 5;

/** Offers the tour of a role once; whether it was taken or not is remembered in this browser. */
export function Tour({ role }: { readonly role: Me['role'] }): ReactNode {
  const t = useText();
  const { toured } = usePreferences();
  const [step, setStep] = useState<number | null>(null);
  if (!TOURED.some((each) => each === role)) return null;
  const close = (): void => {
    setStep(null);
    if (!toured.includes(role)) prefer({ toured: [...toured, role] });
  };
  return (
    <>
      {step === null && !toured.includes(role) && (
        <aside className="alert row tour" aria-label={t('tour.title')}>
          <span>{t('tour.offer')}</span>
          <Button size="small" onClick={() => setStep(1)}>
            {t('tour.start')}
          </Button>
          <button type="button" className="link" onClick={close}>
            {t('tour.skip')}
          </button>
        </aside>
      )}
      {step !== null && (
        <Modal title={t('tour.title')} close={close}>
          <p className="muted">{t('tour.step', { n: step })}</p>
          <p aria-live="polite">{t(`tour.${role}.${step}` as TextKey)}</p>
          <div className="row">
            <Button type="primary" data-first onClick={() => (step === STEPS ? close() : setStep(step + 1))}>
              {step === STEPS ? t('tour.end') : t('tour.next')}
            </Button>
            {step > 1 && <Button onClick={() => setStep(step - 1)}>{t('tour.back')}</Button>}
            <button type="button" className="link" onClick={close}>
              {t('tour.skip')}
            </button>
          </div>
        </Modal>
      )}
    </>
  );
}
