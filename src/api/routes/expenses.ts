import { say } from '../text/say';
import { z } from 'zod';
import { audit } from '../../audit/append';
import { businessNow } from '../../database/clock';
import { shanghaiDate } from '../../domain/calendar';
import { DomainError } from '../../domain/errors';
import { type CampaignRow, campaignRow } from '../../records/campaigns';
import { expensesOf, fileExpenses, reconcileExpenses } from '../../records/expenses';
import type { PersonalData } from '../../security/personalData';
import { auditName } from '../../access/actors';
import { route } from '../route';
import { amount, campaignAnswer, dateText, id, personText, recordText, ulidText } from '../schemas';
import { campaignView } from '../views';
import { ownCampaign, renewed } from './campaigns';

const line = z.strictObject({
  date: dateText,
  item: personText(200),
  hospital: personText(100),
  amountFen: amount,
  invoiceNumber: z
    .string()
    .regex(/^[0-9A-Za-z-]{4,40}$/, say({ zh: '须为 4 至 40 个字母、数字或连字符', en: '4 to 40 letters, digits and hyphens' })),
});
const covered = z.array(z.strictObject({ raiseId: ulidText, amountFen: amount })).max(100);

/** SECOND-ASK: the sponsor's platform files the medical expenses line by line; a reviewer reconciles them with what earlier raises paid out. */
export function expenseRoutes(personalData: PersonalData) {
  return [
    route({
      method: 'post',
      path: '/v1/campaigns/{id}/expense-lines',
      tag: 'Campaigns',
      summary: 'Files lines of the medical expense list (SECOND-ASK)',
      act: 'expense.file',
      input: { params: id, body: z.strictObject({ lines: z.array(line).min(1).max(200) }) },
      answers: { 201: { description: 'Filed; a reconciliation made before no longer counts.', schema: z.looseObject({ ids: z.array(z.string()) }) } },
      handler: async (call) => {
        const { tx, params, body, actor } = call;
        const campaign = inPriorAudit(await ownCampaign(tx, params.id, actor, true));
        const at = await businessNow(tx, campaign.tenant_id);
        const today = shanghaiDate(at.getTime());
        const ahead = body.lines.findIndex((l) => l.date > today);
        if (ahead >= 0)
          throw new DomainError(
            'request.invalid',
            { zh: `lines/${ahead}/date：费用须已发生；该日期尚未到来`, en: `lines/${ahead}/date: expenses are what was spent; this day is to come` },
            {
              field: `/lines/${ahead}/date`,
            },
          );
        const ids = await fileExpenses(tx, personalData, campaign, body.lines, auditName(actor), at);
        await renewed(call, campaign, at, 'expenses were filed', { lines: ids.length });
        return { status: 201, body: { ids } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/campaigns/{id}/expense-lines',
      tag: 'Review',
      summary: "Shows the expense list's lines and the patient's earlier raises with what they paid out",
      act: 'expense.read',
      input: { params: id },
      answers: { 200: { description: 'Lines, earlier raises, and whether they are reconciled.' } },
      handler: async ({ tx, params, actor }) => ({
        status: 200,
        body: await expensesOf(tx, personalData, await ownCampaign(tx, params.id, actor)),
      }),
    }),
    route({
      method: 'post',
      path: '/v1/campaigns/{id}/expense-reconciliation',
      tag: 'Review',
      summary: 'Reconciles the expense list, line by line, with what earlier raises paid out (SECOND-ASK)',
      act: 'expense.reconcile',
      input: {
        params: id,
        body: z.strictObject({
          lines: z
            .array(z.strictObject({ lineId: ulidText, covered }))
            .min(1)
            .max(2000),
          unexplainedReason: recordText(1000).optional(),
        }),
      },
      answers: { 201: { description: 'The campaign; the machine reports anew.', schema: campaignAnswer } },
      handler: async (call) => {
        const { tx, params, body, actor } = call;
        const campaign = inPriorAudit(await ownCampaign(tx, params.id, actor, true));
        const at = await businessNow(tx, campaign.tenant_id);
        const made = await reconcileExpenses(tx, campaign, {
          lines: body.lines,
          unexplainedReason: body.unexplainedReason ?? null,
          staffId: actor.id,
          at,
        });
        await audit(tx, {
          action: 'expenses.reconciled',
          subject: `campaign/${campaign.id}`,
          actor: auditName(actor),
          tenantId: campaign.tenant_id,
          campaignId: campaign.id,
          businessAt: at,
          data: { reconciliation: made.id, unexplainedFen: made.unexplainedFen },
        });
        await renewed(call, campaign, at, 'expenses were reconciled', {});
        return { status: 201, body: await campaignView(tx, await campaignRow(tx, campaign.id)) };
      },
    }),
  ];
}

function inPriorAudit(campaign: CampaignRow): CampaignRow {
  if (campaign.phase !== 'prior-audit')
    throw new DomainError(
      'campaign.wrong_phase',
      { zh: '费用在前置审核期间提交和核对', en: 'Expenses are filed and reconciled during the prior audit' },
      { rules: ['SECOND-ASK'] },
    );
  return campaign;
}
