import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Input } from 'antd';
import { type ReactNode, useId, useState } from 'react';
import { answer, api } from '../../client/client';
import { Dialog } from '../../parts/dialog';
import { usePreferences } from '../../parts/preferences';
import { useText, wordOf } from '../../text/catalogue';

const DOCUMENTS = ['id-cards', 'relation-proof', 'diagnosis', 'admission-record', 'certificate', 'medical-plan', 'expense-list', 'receipts'] as const;
const CLAIMS = [
  'diagnosis',
  'cost-incurred',
  'cost-expected',
  'insurance',
  'assets-houses',
  'assets-cars',
  'income',
  'other-aid',
  'other-raises',
] as const;

/** Asks the platform for more evidence: what is wanted, in whose words, and by when. */
export function AskDialog({ campaignId, close }: { readonly campaignId: string; readonly close: () => void }): ReactNode {
  const t = useText();
  const { language } = usePreferences();
  const cache = useQueryClient();
  const [messageId, daysId] = [useId(), useId()];
  const [wanted, setWanted] = useState<readonly string[]>([]);
  const [message, setMessage] = useState('');
  const [days, setDays] = useState('3');
  const among = <W extends string>(group: string, all: readonly W[]): W[] => all.filter((word) => wanted.includes(`${group}/${word}`));
  const ask = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/v1/campaigns/{id}/evidence-requests', {
          params: { path: { id: campaignId } },
          body: { documents: among('document', DOCUMENTS), claims: among('claim', CLAIMS), language, message, dueInDays: Number(days) },
        }),
      ),
    onSuccess: async () => {
      await Promise.all(['case', 'timeline', 'queue'].map((key) => cache.invalidateQueries({ queryKey: [key] })));
      close();
    },
  });
  const boxes = (group: 'document' | 'claim', all: readonly string[]): ReactNode => (
    <div className="checks">
      {all.map((word) => {
        const key = `${group}/${word}`;
        const toggle = (): void => setWanted(wanted.includes(key) ? wanted.filter((each) => each !== key) : [...wanted, key]);
        return (
          <label key={key} className="check">
            <input
              type="checkbox"
              {...(key === 'document/id-cards' ? { 'data-first': true } : {})}
              checked={wanted.includes(key)}
              onChange={toggle}
            />{' '}
            {wordOf(t, group, word)}
          </label>
        );
      })}
    </div>
  );
  return (
    <Dialog title={t('case.ask.title')} act={t('case.ask.send')} busy={ask.isPending} error={ask.error} send={() => ask.mutate()} close={close}>
      <fieldset>
        <legend>{t('case.ask.documents')}</legend>
        {boxes('document', DOCUMENTS)}
      </fieldset>
      <fieldset>
        <legend>{t('case.ask.claims')}</legend>
        {boxes('claim', CLAIMS)}
      </fieldset>
      <label htmlFor={messageId}>{t('case.ask.message')}</label>
      <Input.TextArea id={messageId} rows={3} value={message} maxLength={1_000} required onChange={(event) => setMessage(event.target.value)} />
      <label htmlFor={daysId}>{t('case.ask.days')}</label>
      <input id={daysId} type="number" min={1} max={60} value={days} required onChange={(event) => setDays(event.target.value)} />
    </Dialog>
  );
}
