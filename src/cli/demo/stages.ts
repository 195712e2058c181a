import type { Campaign, Institution, Tenant } from '../play/answers';
import { Api } from '../play/api';
import type { CaseFile } from '../play/caseFile';
import { Driver } from '../play/driver';
import { Progress } from '../play/progress';
import { setStage } from '../play/setting';
import type { RunningSystem } from '../play/system';

/** A campaign that was brought to where somebody should look at it. */
export interface Staged {
  readonly campaignId: string;
  readonly clockId: string | null;
  readonly tenantId: string;
  readonly logins: Tenant['logins'];
  readonly hospitalLogin: Institution['hospitalLogin'];
  readonly campaign: Campaign;
}

/** Plays a case through the public API until it stands at `until`. @param say gets a line for each thing that happens. */
export async function bringTo(
  theCase: CaseFile,
  system: RunningSystem,
  until: (campaign: Campaign) => boolean,
  say: (line: string) => void = () => undefined,
): Promise<Staged> {
  const api = new Api(system.url, 300_000);
  try {
    const story = await setStage(theCase, { api, sandboxKey: system.sandboxKey, progress: new Progress(say) });
    await new Driver(story, until).run();
    const campaign = await story.platform.get<Campaign>(`/v1/campaigns/${story.campaignId}`);
    const { tenantId, clockId, logins } = story.tenant;
    return { campaignId: story.campaignId, clockId, tenantId, logins, hospitalLogin: story.hospital.institution.hospitalLogin, campaign };
  } finally {
    await api.close();
  }
}
