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
}
