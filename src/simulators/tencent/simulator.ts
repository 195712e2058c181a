import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Journal } from '../support/journal';

export interface Person {
  readonly idNumber: string;
  readonly name: string;
  /** The mobile phone registered to the person, and the card that a bank issued with it. */
  readonly phone?: string | undefined;
  readonly bankCard?: string | undefined;
  readonly answer: 'match' | 'mismatch' | 'no-record' | 'unavailable';
}

/** The simulated identity service: what it would answer about each person. */
export class TencentSimulator {
  private constructor(
    readonly secretId: string,
    readonly secretKey: string,
    readonly people: ReadonlyMap<string, Person>,
    readonly journal: Journal<Person>,
  ) {}

  static async open(stateDir: string, keysDir: string): Promise<TencentSimulator> {
    const { secretId, secretKey } = JSON.parse(readFileSync(path.join(keysDir, 'tencent.json'), 'utf8')) as Record<'secretId' | 'secretKey', string>;
    const people = new Map<string, Person>();
    const journal = await Journal.open<Person>(path.join(stateDir, 'tencent.jsonl'), (person) => people.set(person.idNumber.toUpperCase(), person));
    return new TencentSimulator(secretId, secretKey, people, journal);
  }

  async close(): Promise<void> {
    await this.journal.close();
  }
}
