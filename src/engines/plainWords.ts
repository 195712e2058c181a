import { connect } from '../database/connect';
import { sealPlainWords } from '../records/sealWords';
import { loadHouseKeys } from '../security/keys';
import { PersonalData } from '../security/personalData';

/** After the migrations, and once there are keys: seals what older versions wrote in the clear. @param ownerUrl the schema's owner. */
export async function sealWhatIsPlain(ownerUrl: string, keysDir: string): Promise<void> {
  const db = connect(ownerUrl, { max: 1, name: 'almoner-seal' });
  try {
    await sealPlainWords(db, new PersonalData(loadHouseKeys(keysDir)));
  } finally {
    await db.destroy();
  }
}
