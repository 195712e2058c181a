import type { Connection } from '../database/connect';
import type { PersonalData } from '../security/personalData';
import { keyOf } from './people';

/** @returns words about a campaign's people, sealed under the patient's key. @param purpose as in police/sealed.ts. */
export async function sealedForPatient(
  connection: Connection,
  personalData: PersonalData,
  campaign: { readonly patient_id: string },
  text: string,
  purpose: string,
): Promise<Buffer> {
  return (await keyOf(connection, personalData, campaign.patient_id)).seal(text, purpose);
}
