import { z } from 'zod';
import { type Connection, rows } from '../../database/connect';
import { overseenComplaints, OVERSEEN_STATES, platformFigures } from '../../records/oversight';
import { listedCampaignAnswer, overseenComplaintAnswer, platformFiguresAnswer } from '../answers';
import { cursor, cursorAt, pageLimit } from '../cursor';
import { route } from '../route';
import { ulidText } from '../schemas';
import { tenantAsked } from './audit';

const PHASES = [
  'prior-audit',
  'certificate-publicity',
  'fundraising',
  'settlement',
  'release',
  'refunding',
  'settled',
  'refused',
  'refunded',
] as const;
const filter = z.strictObject({
  tenantId: ulidText.optional(),
  phase: z.enum(PHASES).optional(),
  after: cursor(/^[0-9A-HJKMNP-TV-Z]{26}$/).optional(),
  limit: pageLimit,
});

/** The lists that a regulator begins with: whom there is to look at. */
export const listRoutes = [
  route({
    method: 'get',
    path: '/v1/campaigns',
    tag: 'Campaigns',
    summary: 'Lists campaigns, newest first: of the own tenant; for a regulator, of all',
    act: 'campaign.read',
    input: { query: filter },
    answers: {
      200: {
        description: 'Title, phase, ask and raised; `next` leads on. No name, number or medical text.',
        schema: z.object({ campaigns: z.array(listedCampaignAnswer), next: z.string().nullable() }),
      },
    },
    handler: async ({ tx, query, actor }) => ({ status: 200, body: await campaignPage(tx, tenantAsked(actor, query.tenantId), query) }),
  }),
  route({
    method: 'get',
    path: '/v1/tenants',
    tag: 'Audit',
    summary: 'Lists the tenants with what they have under way',
    act: 'tenant.read',
    input: { query: z.strictObject({ id: ulidText.optional(), after: cursor(/^[0-9A-HJKMNP-TV-Z]{26}$/).optional(), limit: pageLimit }) },
    answers: {
      200: {
        description: 'Tenants, newest first, each with its money by where it is and what is open there; `next` leads on.',
        schema: z.object({ tenants: z.array(platformFiguresAnswer), next: z.string().nullable() }),
      },
    },
    handler: async ({ tx, query }) => {
      const page = await platformFigures(tx, query);
      return { status: 200, body: { tenants: page, next: cursorAt(page.length === query.limit ? page.at(-1)!.id : undefined) } };
    },
  }),
  route({
    method: 'get',
    path: '/v1/complaints',
    tag: 'Complaints',
    summary: 'Lists the complaints of every platform, newest first: times, missed duties, holds; no text, no name',
    act: 'complaint.oversee',
    input: {
      query: z.strictObject({
        tenantId: ulidText.optional(),
        state: z.enum(OVERSEEN_STATES).optional(),
        after: cursor(/^[0-9A-HJKMNP-TV-Z]{26}$/).optional(),
        limit: pageLimit,
      }),
    },
    answers: {
      200: {
        description: '`overdue` names duties that were not done in time; `holds` says that payouts of the campaign are held; `next` leads on.',
        schema: z.object({ complaints: z.array(overseenComplaintAnswer), next: z.string().nullable() }),
      },
    },
    handler: async ({ tx, query }) => {
      const page = await overseenComplaints(tx, query);
      return { status: 200, body: { complaints: page, next: cursorAt(page.length === query.limit ? page.at(-1)!.id : undefined) } };
    },
  }),
];

interface ListedRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly title: string;
  readonly phase: string;
  readonly ask_fen: bigint;
  readonly raised_fen: bigint;
  readonly submitted_at: Date;
  readonly opened_at: Date | null;
  readonly ended_at: Date | null;
}

async function campaignPage(connection: Connection, tenantId: string | null, query: z.infer<typeof filter>): Promise<Record<string, unknown>> {
  const page = await rows<ListedRow>(
    connection,
    `select id, tenant_id, title, phase, ask_fen, raised_fen, submitted_at, opened_at, ended_at from campaign
     where (:tenant::text is null or tenant_id = :tenant) and (:phase::text is null or phase = :phase) and (:after::text is null or id < :after)
     order by id desc limit :limit`,
    { tenant: tenantId, phase: query.phase ?? null, after: query.after ?? null, limit: query.limit } as never,
  );
  return {
    campaigns: page.map((c) => ({
      id: c.id,
      tenantId: c.tenant_id,
      title: c.title,
      phase: c.phase,
      askFen: c.ask_fen,
      raisedFen: c.raised_fen,
      submittedAt: c.submitted_at.toISOString(),
      openedAt: c.opened_at?.toISOString() ?? null,
      endedAt: c.ended_at?.toISOString() ?? null,
    })),
    next: cursorAt(page.length === query.limit ? page.at(-1)!.id : undefined),
  };
}
