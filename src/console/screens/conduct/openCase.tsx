import { useMutation, useQuery } from '@tanstack/react-query';
import { Input } from 'antd';
import { type ReactNode, useId, useState } from 'react';
import type { components } from '../../../../dist/openapi/schema';
import { answer, api } from '../../client/client';
import { Choice } from '../../parts/choice';
import { Dialog } from '../../parts/dialog';
import { usePreferences } from '../../parts/preferences';
import { useText } from '../../text/catalogue';

interface Props {
  readonly promoters: readonly components['schemas']['Promoter'][];
  readonly close: () => void;
  readonly done: () => void;
}

/** Opens a case: who, which bottom-line rule, and what is alleged. */
export function OpenCase({ promoters, close, done }: Props): ReactNode {
  const t = useText();
  const { language } = usePreferences();
  const id = useId();
  const [promoterId, setPromoter] = useState<string>();
  const [bottomLine, setRule] = useState<string>();
  const [evidence, setEvidence] = useState('');
  const rules = useQuery({ queryKey: ['editions'], queryFn: () => answer(api.GET('/v1/public/editions')), staleTime: Number.POSITIVE_INFINITY });
  const send = useMutation({
    mutationFn: () => answer(api.POST('/v1/conduct-cases', { body: { promoterId, bottomLine, evidence } as never })),
    onSuccess: () => {
      close();
      done();
    },
  });
  return (
    <Dialog
      title={t('conduct.open')}
      act={t('conduct.open')}
      busy={send.isPending}
      error={send.error ?? rules.error}
      send={() => send.mutate()}
      close={close}
    >
      <label htmlFor={id}>{t('conduct.evidence')}</label>
      <Input.TextArea id={id} data-first required rows={3} maxLength={4_000} value={evidence} onChange={(event) => setEvidence(event.target.value)} />
      <Choice
        label={t('conduct.contract')}
        value={promoterId}
        none={t('conduct.choose')}
        choices={promoters.map((each) => [each.id, each.contractRef] as const)}
        choose={setPromoter}
      />
      <Choice
        label={t('conduct.rule')}
        value={bottomLine}
        none={t('conduct.choose')}
        choices={(rules.data?.bottomLine ?? []).map((each) => [each.id, each[language]] as const)}
        choose={setRule}
      />
    </Dialog>
  );
}
