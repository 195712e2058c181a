import type { ReactNode } from 'react';
import { Time } from '../../parts/format';
import { Badge } from '../../parts/page';
import { usePreferences } from '../../parts/preferences';
import { useText, wordOf } from '../../text/catalogue';
import type { Case } from './subject';

const TONE = { pass: 'good', fail: 'bad', needs: 'warn' } as const;
const ORDER = { fail: 0, needs: 1, pass: 2 };
const OF_CLAIM = { verified: 'good', evidenced: 'plain', declared: 'plain', contradicted: 'bad' } as const;

/** What the machine found, the worst first, and how true each claim is held to be. */
export function MachineReport({ of }: { readonly of: Case }): ReactNode {
  const t = useText();
  const { language } = usePreferences();
  const { report } = of;
  return (
    <>
      {report === null ? (
        <p>{t('case.noReport')}</p>
      ) : (
        <>
          <p>
            <Badge tone={TONE[report.verdict]}>{wordOf(t, 'verdict', report.verdict)}</Badge>{' '}
            <span className="muted">
              <Time at={report.reportedAt} />
            </span>
          </p>
          {!report.current && <p className="alert warn">{t('case.stale')}</p>}
          <ul className="findings">
            {[...report.findings]
              .sort((a, b) => ORDER[a.verdict] - ORDER[b.verdict])
              .map((finding) => (
                <li key={finding.rule}>
                  <Badge tone={TONE[finding.verdict]}>{wordOf(t, 'verdict', finding.verdict)}</Badge>{' '}
                  <strong>{wordOf(t, 'rule', finding.rule)}</strong> <code>{finding.rule}</code>
                  <p>{finding[language]}</p>
                </li>
              ))}
          </ul>
          {report.signals.length > 0 && (
            <>
              <h3>{t('case.signals')}</h3>
              <ul className="findings">
                {report.signals.map((signal) => (
                  <li key={signal.signal}>{signal[language]}</li>
                ))}
              </ul>
            </>
          )}
        </>
      )}
      <h3>{t('case.identity')}</h3>
      <dl className="facts">
        {/* A sponsor who asks for themself has no answer of their own. */}
        {(['patient', 'sponsor'] as const)
          .filter((party) => party === 'patient' || of.identity.sponsor.verdict !== 'unavailable')
          .map((party) => (
            <div key={party}>
              <dt>{t(`case.${party}`)}</dt>
              <dd>{wordOf(t, 'identity', of.identity[party].verdict)}</dd>
            </div>
          ))}
      </dl>
      <h3>{t('case.claims')}</h3>
      <ul className="plain columns">
        {of.claims.map((claim) => (
          <li key={claim.claim}>
            {wordOf(t, 'claim', claim.claim)}{' '}
            <Badge tone={OF_CLAIM[claim.state as keyof typeof OF_CLAIM] ?? 'plain'}>{wordOf(t, 'claimState', claim.state)}</Badge>
          </li>
        ))}
      </ul>
    </>
  );
}
