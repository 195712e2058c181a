import type { tellAll } from '../../records/manyNotices';
import type { PayoutRow } from '../../records/releases';

type Word = Parameters<typeof tellAll>[1][number];
type Paid = Pick<PayoutRow, 'id' | 'tenant_id' | 'campaign_id' | 'release_id'>;

/** A campaign's supervision hears that a payout was paid. */
export const toSupervision = (p: Paid): Word => ({
  workflow: 'supervision',
  tenantId: p.tenant_id,
  id: p.campaign_id,
  notice: 'paid',
  cause: p.id,
});

/** A release hears that its payout is over. */
export const toRelease = (p: Paid): Word => ({ workflow: 'release', tenantId: p.tenant_id, id: p.release_id, notice: 'payout-settled', cause: p.id });
