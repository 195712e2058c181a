import { Api } from '../../../src/cli/play/api';
import type { Campaign } from '../../../src/cli/play/answers';
import type { CaseFile } from '../../../src/cli/play/caseFile';
import { Driver } from '../../../src/cli/play/driver';
import { Progress } from '../../../src/cli/play/progress';
import { lookBack, type Result } from '../../../src/cli/play/result';
import { setStage } from '../../../src/cli/play/setting';
import type { Story } from '../../../src/cli/play/story';
import type { RunningSystem } from '../../../src/cli/play/system';

/** A story that can be interrupted: brought to a point, left while something is done to the system, and gone on with. */
export class InterruptedStory {
  /** One driver for the whole story: its donors remember what they gave. */
  readonly #driver: Driver;
  #until: (campaign: Campaign) => boolean = () => false;

  private constructor(
    readonly story: Story,
    private readonly api: Api,
  ) {
    this.#driver = new Driver(story, (campaign) => this.#until(campaign));
  }

  static async begin(theCase: CaseFile, system: RunningSystem): Promise<InterruptedStory> {
    const api = new Api(system.url, 300_000);
    return new InterruptedStory(await setStage(theCase, { api, sandboxKey: system.sandboxKey, progress: new Progress(() => undefined) }), api);
  }

  get campaignId(): string {
    return this.story.campaignId;
  }

  async goOn(until: (campaign: Campaign) => boolean = () => false): Promise<Campaign> {
    this.#until = until;
    await this.#driver.run();
    return this.story.platform.get<Campaign>(`/v1/campaigns/${this.campaignId}`);
  }

  async ends(): Promise<Result> {
    await this.goOn();
    const result = await lookBack(this.story);
    await this.api.close();
    return result;
  }
}

/** One small campaign that is paid to the hospital at once. @param more what differs. */
export function aCase(name: string, more: Partial<CaseFile> = {}): CaseFile {
  return {
    case: name,
    edition: 'convention-2.0',
    platform: 'water-drop',
    ask_fen: '10000000',
    sponsor: { relation: 'parent', real_name: 'match' },
    patient: { real_name: 'match', age: 8 },
    payee: { kind: 'institution' },
    hospital: { registered: true, qualified: true, whitelisted: true },
    documents: ['id-cards', 'relation-proof', 'diagnosis', 'admission-record', 'medical-plan', 'expense-list', 'receipts'],
    published: 'all',
    confirmers: 12,
    donations: { count: 20, total_fen: '800001', seed: 6, over_hours: 24 },
    release: { wish: 'hospital-direct' },
    hospital_receipt: 'confirm',
    expect: {},
    ...more,
  } as CaseFile;
}
