import type { Express } from 'express';
import type { Database } from '../../database/connect';
import type { PersonalData } from '../../security/personalData';

export interface Pages {
  readonly db: Database;
  readonly personalData: PersonalData;
}

/** Server-rendered pages for people. */
export function mountPages(_app: Express, _d: Pages): void {}
