import { type ReactNode, useState } from 'react';
import { Choice } from '../../parts/choice';
import { Time } from '../../parts/format';
import { Badge } from '../../parts/page';
import { DataTable } from '../../parts/table';
import { type TextKey, useText } from '../../text/catalogue';
import { Content, type Document } from './content';

interface Field {
  readonly name: TextKey;
  readonly of: (document: Document) => ReactNode;
  /** What is compared; what always differs between two versions is not. */
  readonly sameAs?: (document: Document) => string | number;
}

const FIELDS: readonly Field[] = [
  { name: 'diff.at', of: (d) => <Time at={d.registeredAt} /> },
  { name: 'diff.by', of: (d) => <code>{d.registeredBy}</code>, sameAs: (d) => d.registeredBy },
  { name: 'diff.type', of: (d) => d.mediaType, sameAs: (d) => d.mediaType },
  { name: 'diff.bytes', of: (d) => d.byteLength.toLocaleString('en'), sameAs: (d) => d.byteLength },
  { name: 'diff.sha256', of: (d) => <code>{d.sha256}</code>, sameAs: (d) => d.sha256 },
];

const isPicture = (document: Document): boolean => document.stored && document.mediaType.startsWith('image/');

/** Two versions of a document: what is on record of each, and each as it is; pictures also laid over each other, where only what differs is left. */
export function Comparison({ older, newer }: { readonly older: Document; readonly newer: Document }): ReactNode {
  const t = useText();
  const [way, setWay] = useState<'over' | undefined>(isPicture(older) && isPicture(newer) ? 'over' : undefined);
  const version = (document: Document): string => t('case.document.version', { n: document.version });
  const same = ({ sameAs }: Field): ReactNode =>
    sameAs && (
      <Badge tone={sameAs(older) === sameAs(newer) ? 'plain' : 'warn'}>{t(sameAs(older) === sameAs(newer) ? 'diff.same' : 'diff.differs')}</Badge>
    );
  return (
    <section aria-label={t('diff.title')} data-comparison>
      <DataTable
        caption={t('diff.title')}
        rows={FIELDS}
        rowKey={(field) => field.name}
        empty=""
        keys={false}
        columns={[
          { id: 'field', head: t('diff.field'), cell: (field) => t(field.name) },
          { id: 'older', head: version(older), cell: (field) => field.of(older) },
          { id: 'newer', head: version(newer), cell: (field) => field.of(newer) },
          { id: 'same', head: t('diff.compared'), cell: same },
        ]}
      />
      {isPicture(older) && isPicture(newer) && (
        <Choice label={t('diff.way')} value={way} choices={[['over', t('diff.over')]]} none={t('diff.beside')} choose={setWay} />
      )}
      {older.stored && newer.stored ? (
        <div className={way === 'over' ? 'laid-over' : 'beside'}>
          <Content key={older.id} document={older} />
          <Content key={newer.id} document={newer} />
        </div>
      ) : (
        <p className="muted">{t('diff.hashOnly')}</p>
      )}
      {way === 'over' && <p className="muted">{t('diff.over.hint')}</p>}
    </section>
  );
}
