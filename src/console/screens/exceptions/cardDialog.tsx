import { useMutation } from '@tanstack/react-query';
import { Input } from 'antd';
import { type ReactNode, useId, useState } from 'react';
import { Choice } from '../../parts/choice';
import { Dialog } from '../../parts/dialog';
import { useText, wordOf } from '../../text/catalogue';

/** The banks whose cards the channel takes, by its names. */
const CARD_BANKS = ['CMB', 'COMM', 'ABC', 'CCB', 'ICBC', 'BOC', 'PAB', 'SPDB', 'CITIC', 'CEB', 'CMBC', 'CIB', 'GDB', 'PSBC', 'NBCB'] as const;

/** A donor's debit card as somebody writes it down; the house checks its digits. */
interface Card {
  readonly bank: (typeof CARD_BANKS)[number];
  readonly number: string;
  readonly holder: string;
}

interface Props {
  readonly title: string;
  readonly hint: string;
  readonly send: (card: Card) => Promise<unknown>;
  readonly close: () => void;
  readonly done: () => void;
}

/** Asks for a donor's card, from the donor's own words; nothing is filled in before. */
export function CardDialog({ title, hint, send, close, done }: Props): ReactNode {
  const t = useText();
  const [numberId, holderId] = [useId(), useId()];
  const [bank, setBank] = useState<Card['bank']>();
  const [number, setNumber] = useState('');
  const [holder, setHolder] = useState('');
  const sending = useMutation({ mutationFn: () => send({ bank, number: number.replaceAll(' ', ''), holder } as Card), onSuccess: done });
  return (
    <Dialog title={title} act={title} busy={sending.isPending} error={sending.error} send={() => sending.mutate()} close={close}>
      <p>{hint}</p>
      <label htmlFor={numberId}>{t('card.number')}</label>
      <Input
        id={numberId}
        data-first
        value={number}
        required
        inputMode="numeric"
        pattern="[0-9 ]{16,24}"
        title={t('card.number.wrong')}
        autoComplete="off"
        onChange={(event) => setNumber(event.target.value)}
      />
      <label htmlFor={holderId}>{t('card.holder')}</label>
      <Input id={holderId} value={holder} required maxLength={50} autoComplete="off" onChange={(event) => setHolder(event.target.value)} />
      <Choice
        label={t('card.bank')}
        value={bank}
        none={t('conduct.choose')}
        choices={CARD_BANKS.map((each) => [each, wordOf(t, 'cardBank', each)] as const)}
        choose={setBank}
      />
    </Dialog>
  );
}
