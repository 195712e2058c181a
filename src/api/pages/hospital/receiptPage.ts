import { RECEIPT_REASONS } from '../../../domain/receiptReasons';
import { capitals, fact, moment, yuan } from '../format';
import { html } from '../html';
import type { Page } from '../layout';
import type { StaffVisit } from '../serve';
import { verificationText } from '../receipts';
import type { PayoutRecord, Receipt } from './records';

/** The printable paper: what was signed, when, by whom, and the text by which anybody checks it. @param publicUrl where that is done. */
export function receiptPage(visit: StaffVisit, { payout, hospital, platform, returned }: PayoutRecord, receipt: Receipt, publicUrl: string): Page {
  const { t, lang } = visit;
  const title = t(receipt.outcome === 'confirm' ? 'receipt.title' : 'receipt.title.denied');
  return {
    title,
    path: `/hospital/payouts/${payout.id}/receipt`,
    body: html`<p class="screen-only alert good">✓ ${t('receipt.recorded')} <span class="muted">${t('receipt.print')}</span></p>
${returned && html`<p class="alert bad">${t('receipt.returned')}</p>`}
<article class="paper"><h1>${title}</h1>
<p class="figure big">${yuan(receipt.amountFen)}</p><p>${capitals(receipt.amountFen)}</p>
<dl class="facts rows">${fact(t('receipt.hospital'), hospital)}${fact(t('receipt.platform'), platform[lang])}${fact(t('shell.campaign'), payout.title)}
${fact(t('hospital.admission'), html`<code>${payout.admissionNumber}</code>`)}${fact(t('hospital.reference'), html`<code>${payout.bankReference ?? '–'}</code>`)}${fact(t('hospital.booked'), moment(lang, payout.bookedAt))}
${fact(t('receipt.outcome'), html`<strong>${t(`check.answer.${receipt.outcome === 'confirm' && receipt.reason !== null ? 'part' : receipt.outcome}`)}</strong>`)}${receipt.reason && fact(t('payout.reason'), RECEIPT_REASONS[receipt.reason][lang])}${receipt.note && fact(t('check.note'), receipt.note)}
${fact(t('receipt.signed_by'), receipt.signer ?? t('receipt.signed_by.key'))}${fact(t('receipt.signed_at'), moment(lang, receipt.signedAt))}${fact(t('receipt.received_at'), moment(lang, receipt.receivedAt))}
${fact(t('receipt.id'), html`<code>${receipt.id}</code>`)}</dl>
<p class="verification"><span class="muted">${t('receipt.verification')}</span><br><code>${verificationText(payout.id, receipt.id)}</code><br><span class="muted">${t('receipt.verification.hint', { address: `${publicUrl}/receipts` })}</span></p>
<p class="stamp">${t('receipt.stamp')}</p></article>
<p class="screen-only actions"><a class="button quiet" href="/hospital">${t('receipt.next')}</a></p>`,
  };
}
