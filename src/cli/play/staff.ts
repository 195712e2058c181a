import type { Login } from './answers';
import type { Api, Caller } from './api';

type Role = 'reviewer' | 'operator' | 'maker' | 'checkerA' | 'checkerB';

/** The tenant's people, logged in when first needed. */
export class Staff {
  private readonly callers = new Map<Role, Promise<Caller>>();

  constructor(
    private readonly api: Api,
    private readonly logins: Record<Role, Login>,
  ) {}

  /** @returns a caller with that person's session. */
  as(role: Role): Promise<Caller> {
    const known = this.callers.get(role);
    if (known) return known;
    const session = this.api
      .as('')
      .post<{ token: string }>('/v1/sessions', this.logins[role])
      .then(({ token }) => this.api.as(token));
    this.callers.set(role, session);
    return session;
  }

  /** Shows once more that it is that person, for a signature under a digest. @returns the token that the signature carries. */
  async stepUp(role: Role, digest: string): Promise<string> {
    const person = await this.as(role);
    const { password } = this.logins[role];
    return (await person.post<{ stepUp: string }>('/v1/step-ups', { act: 'approval.sign', digest, password })).stepUp;
  }
}
