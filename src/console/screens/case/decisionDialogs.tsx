import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Input } from 'antd';
import { type ReactNode, useId, useState } from 'react';
import { answer, api } from '../../client/client';
import { Dialog } from '../../parts/dialog';
import { useText, wordOf } from '../../text/catalogue';
import type { Case, Subject } from './subject';

/** Grounds of a refusal that a person may name beside the machine's. */
const GROUNDS = [
  'ASK-CAP',
  'ASK-CERT',
  'SECOND-ASK',
  'IDENTITY',
  'PRE-AUDIT',
  'PUBLICITY',
  'PAYEE',
  'BLACKLIST',
  'RUMOUR',
  'CONDUCT',
  'ONE-RAISE',
] as const;
type Ground = (typeof GROUNDS)[number];

interface Decision {
  readonly approve: boolean;
  readonly reason: string;
  readonly rules: readonly Ground[];
}

/** Sends a decision, and reads the case anew: what shows afterwards is what the house says. */
function useDecision(subject: Subject, done: () => void) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ approve, reason, rules }: Decision): Promise<unknown> => {
      const path = { id: subject.id };
      const decision = approve ? ('approve' as const) : ('refuse' as const);
      if (subject.kind === 'prior-audit')
        return answer(api.POST('/v1/campaigns/{id}/decision', { params: { path }, body: { decision, reason, rules: [...rules] } }));
      if (subject.kind === 'release-review') return answer(api.POST('/v1/releases/{id}/review', { params: { path }, body: { decision, reason } }));
      return answer(api.POST('/v1/use-evidence/{id}/decision', { params: { path }, body: { decision: approve ? 'accept' : 'reject', reason } }));
    },
    onSuccess: async () => {
      await Promise.all(['case', 'timeline', 'queue'].map((key) => cache.invalidateQueries({ queryKey: [key] })));
      done();
    },
  });
}

const ROUTINE = { 'prior-audit': 'case.reason.pass', 'release-review': 'case.reason.release', 'use-evidence': 'case.reason.evidence' } as const;

/** Approves, with the routine's reason written already and open to change. */
export function ApproveDialog({ subject, close }: { readonly subject: Subject; readonly close: () => void }): ReactNode {
  const t = useText();
  const id = useId();
  const [reason, setReason] = useState(t(ROUTINE[subject.kind]));
  const decide = useDecision(subject, close);
  return (
    <Dialog
      title={t('case.approve.title')}
      act={t('case.approve')}
      busy={decide.isPending}
      error={decide.error}
      send={() => decide.mutate({ approve: true, reason, rules: [] })}
      close={close}
    >
      <label htmlFor={id}>{t('case.reason')}</label>
      <Input id={id} data-first value={reason} maxLength={1_000} required onChange={(event) => setReason(event.target.value)} />
    </Dialog>
  );
}

/** Refuses, with the rules that are broken and a reason. */
export function RefuseDialog({ of, subject, close }: { readonly of: Case; readonly subject: Subject; readonly close: () => void }): ReactNode {
  const t = useText();
  const id = useId();
  const [reason, setReason] = useState('');
  const found = of.report?.findings.filter((each) => each.verdict === 'fail').map((each) => each.rule) ?? [];
  const [rules, setRules] = useState<readonly Ground[]>([]);
  const decide = useDecision(subject, close);
  const toggle = (rule: Ground): void => setRules(rules.includes(rule) ? rules.filter((each) => each !== rule) : [...rules, rule]);
  return (
    <Dialog
      title={t('case.refuse.title')}
      act={t('case.refuse')}
      danger
      busy={decide.isPending}
      error={decide.error}
      send={() => decide.mutate({ approve: false, reason, rules })}
      close={close}
    >
      <label htmlFor={id}>{t('case.reason')}</label>
      <Input.TextArea id={id} data-first rows={3} value={reason} maxLength={1_000} required onChange={(event) => setReason(event.target.value)} />
      {subject.kind === 'prior-audit' && (
        <fieldset>
          <legend>{t('case.rules')}</legend>
          <p className="muted">{t('case.rules.hint')}</p>
          <div className="checks">
            {GROUNDS.map((rule) => (
              <label key={rule} className="check">
                <input
                  type="checkbox"
                  checked={rules.includes(rule) || found.includes(rule)}
                  disabled={found.includes(rule)}
                  onChange={() => toggle(rule)}
                />{' '}
                {wordOf(t, 'rule', rule)}
              </label>
            ))}
          </div>
        </fieldset>
      )}
    </Dialog>
  );
}
