import { row } from '../../src/database/connect';
import { keyOf } from '../../src/records/people';
import { sealPlainWords } from '../../src/records/sealWords';
import { aSubmission } from '../support/campaigns';
import { aHouse } from '../support/house';
import { aTenant } from '../support/people';

/** Rows as a version before 0056 wrote them. */
test('words of before are sealed at the next start, once, and no plain ones are taken any more', async () => {
  const house = await aHouse();
  const tenant = await aTenant(house);
  const campaignId = await aSubmission(house, tenant);
  const { personalData } = house.dependencies;
  const contact = {
    id: 'c1',
    campaign_id: campaignId,
    contacted: '住院处王护士',
    outcome: 'unreachable',
    note: '说张三已转院',
    contacted_at: new Date(),
    recorded_by: 'x',
  };
  await expect(house.db('hospital_contact').insert(contact)).rejects.toThrow('words_are_sealed');
  await house.owner.raw('alter table hospital_contact drop constraint words_are_sealed; alter table idempotency drop constraint body_is_sealed');
  await house.owner('hospital_contact').insert(contact);
  await house.owner('idempotency').insert({ actor: 'a', key: 'k', request_hash: Buffer.from('h'), status: 201, body: { sponsorKey: 'secret' } });

  expect(await sealPlainWords(house.owner, personalData)).toBe(2);
  expect(await sealPlainWords(house.owner, personalData)).toBe(0);
  const sealed = (await row<Record<string, Buffer | null>>(house.db, `select * from hospital_contact where id = 'c1'`))!;
  expect(sealed).toMatchObject({ contacted: null, note: null });
  const patient = (await row<{ patient_id: string }>(house.db, 'select patient_id from campaign where id = ?', [campaignId]))!.patient_id;
  const key = await keyOf(house.db, personalData, patient);
  expect(key.open(sealed.note_enc!, 'hospital-contact.note')).toBe('说张三已转院');
  expect(key.open(sealed.contacted_enc!, 'hospital-contact.contacted')).toBe('住院处王护士');
  const answer = (await row<{ body: unknown; body_enc: Buffer }>(house.db, `select body, body_enc from idempotency where key = 'k'`))!;
  expect(answer.body).toBeNull();
  expect(JSON.parse(personalData.openForHouse(answer.body_enc, 'idempotency.answer'))).toEqual({ sponsorKey: 'secret' });
  await house.close();
});
