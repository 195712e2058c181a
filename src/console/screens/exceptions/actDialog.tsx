import { useMutation } from '@tanstack/react-query';
import { Input, Radio } from 'antd';
import { type ReactNode, useId, useState } from 'react';
import { newKey } from '../../client/client';
import { Dialog } from '../../parts/dialog';
import { fenOf, yuanPlain } from '../../parts/format';
import { useMe } from '../../parts/me';
import { type TextKey, useText, wordOf } from '../../text/catalogue';
import { ACTS, type ActName, type Channel } from './acts';
import type { MoneyException } from './exceptionsPage';

/** Asks for what an act needs and sends it; the amount is what is still unexplained, until somebody writes another. */
export function ActDialog({
  of,
  act,
  close,
  done,
}: {
  readonly of: MoneyException;
  readonly act: ActName;
  readonly close: () => void;
  readonly done: () => void;
}): ReactNode {
  const t = useText();
  const me = useMe()!;
  const [reasonId, idId, amountId] = [useId(), useId(), useId()];
  const [reason, setReason] = useState('');
  const [id, setId] = useState('');
  const [amount, setAmount] = useState(yuanPlain(of.money.openFen));
  const [channel, setChannel] = useState<Channel>(of.money.channel ?? 'wechat');
  // Another key once anything is changed: the same thing sent again is the same request.
  const [key, setKey] = useState(newKey);
  const asks: readonly string[] = ACTS[act].asks;
  const amountFen = fenOf(amount);
  const send = useMutation({
    mutationFn: () => ACTS[act].send(of, { reason, id: id.trim().toUpperCase(), amountFen: amountFen ?? '', channel, key }, me),
    onSuccess: done,
  });
  const change = (set: (value: string) => void) => (event: { readonly target: { readonly value: string } }) => {
    setKey(newKey());
    set(event.target.value);
  };
  const name = t(`act.${act}` as TextKey);
  return (
    <Dialog
      title={name}
      act={name}
      firstIsButton={asks.length === 0}
      busy={send.isPending}
      error={send.error}
      send={() => (asks.includes('amount') && amountFen === null ? undefined : send.mutate())}
      close={close}
    >
      {asks.includes('id') && (
        <>
          <label htmlFor={idId}>{wordOf(t, 'actId', act)}</label>
          <Input
            id={idId}
            data-first
            value={id}
            required
            pattern="\s*[0-9A-Za-z]{26}\s*"
            title={t('exception.id')}
            autoComplete="off"
            onChange={change(setId)}
          />
        </>
      )}
      {/* A line that names one channel is no other's. */}
      {asks.includes('channel') && of.money.channel === null && (
        <Radio.Group
          aria-label={t('exception.channel')}
          value={channel}
          onChange={(event) => {
            setKey(newKey());
            setChannel(event.target.value as Channel);
          }}
          options={[
            { value: 'wechat', label: t('target.channel') },
            { value: 'alipay', label: t('target.channel-alipay') },
          ]}
        />
      )}
      {asks.includes('amount') && (
        <>
          <label htmlFor={amountId}>{t('exception.yuan')}</label>
          <Input
            id={amountId}
            {...(asks.includes('id') ? {} : { 'data-first': true })}
            value={amount}
            required
            inputMode="decimal"
            pattern="[0-9]{1,13}(\.[0-9]{1,2})?"
            title={t('exception.yuan.wrong')}
            autoComplete="off"
            onChange={change(setAmount)}
          />
        </>
      )}
      {asks.includes('reason') && (
        <>
          <label htmlFor={reasonId}>{t('exception.reason')}</label>
          <Input.TextArea
            id={reasonId}
            {...(asks.includes('id') ? {} : { 'data-first': true })}
            rows={2}
            value={reason}
            maxLength={1_000}
            required
            onChange={change(setReason)}
          />
        </>
      )}
    </Dialog>
  );
}
