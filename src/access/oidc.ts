import { DomainError } from '../domain/errors';

/** Where single sign-on goes; from the environment, see docs/operations.md. */
export interface OidcSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** What the house keeps of a log-in under way until the browser comes back: in a sealed cookie, for ten minutes. */
export interface OidcFlow {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly next: string | null;
}

/** Whom the provider vouches for. */
export interface Vouched {
  readonly issuer: string;
  readonly subject: string;
  /** Whether the provider says that a second factor was used (`amr`, RFC 8176). */
  readonly bySecondFactor: boolean;
}

const SECOND_FACTORS: readonly string[] = ['mfa', 'otp', 'hwk', 'sc'];

/** Logs people in by their organisation's OpenID Connect provider: authorization code with PKCE, state and nonce (OpenID Connect Core 1.0 §3.1). */
export class IdentityProvider {
  #configuration: Promise<Configuration> | undefined;

  /** @param redirectUri where the provider sends the browser back; registered there. */
  constructor(
    private readonly settings: OidcSettings,
    private readonly redirectUri: string,
  ) {}

  /** @returns where the browser goes, and what must be kept until it comes back. @throws {DomainError} system.unavailable while the provider does not answer. */
  async begin(next: string | null): Promise<{ url: string; flow: OidcFlow }> {
    const client = await library();
    const flow = { state: client.randomState(), nonce: client.randomNonce(), verifier: client.randomPKCECodeVerifier(), next };
    const url = client.buildAuthorizationUrl(await this.#discovered(), {
      redirect_uri: this.redirectUri,
      scope: 'openid',
      state: flow.state,
      nonce: flow.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(flow.verifier),
      code_challenge_method: 'S256',
    });
    return { url: url.href, flow };
  }

  /** @param search the query that the browser came back with. @returns whom the provider vouches for. @throws {DomainError} auth.bad_credentials for an answer that does not belong to the flow, or a refusal. */
  async finish(search: string, flow: OidcFlow): Promise<Vouched> {
    const client = await library();
    const configuration = await this.#discovered();
    const answer = await client
      .authorizationCodeGrant(configuration, new URL(this.redirectUri + search), {
        pkceCodeVerifier: flow.verifier,
        expectedState: flow.state,
        expectedNonce: flow.nonce,
        idTokenExpected: true,
      })
      .catch((cause: unknown) => {
        const why = (cause as { code?: string }).code ?? (cause as Error).name;
        throw new DomainError('auth.bad_credentials', {
          zh: `单点登录未成功（${why}），请重新登录`,
          en: `The single sign-on did not succeed (${why}); log in again`,
        });
      });
    const claims = answer.claims()!;
    const methods = Array.isArray(claims.amr) ? claims.amr : [];
    return { issuer: claims.iss, subject: claims.sub, bySecondFactor: methods.some((m) => SECOND_FACTORS.includes(m as string)) };
  }

  /** The provider's description, read once; asked for again where that failed. */
  async #discovered(): Promise<Configuration> {
    this.#configuration ??= this.#discover().catch((cause: unknown) => {
      this.#configuration = undefined;
      throw new DomainError('system.unavailable', {
        zh: `单点登录服务暂不可用（${(cause as Error).name}）`,
        en: `The identity provider does not answer (${(cause as Error).name})`,
      });
    });
    return this.#configuration;
  }

  async #discover(): Promise<Configuration> {
    const client = await library();
    const issuer = new URL(this.settings.issuer);
    // Plain HTTP only to this machine itself, as in tests.
    const onLoopback = issuer.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(issuer.hostname);
    return client.discovery(issuer, this.settings.clientId, this.settings.clientSecret, undefined, {
      ...(onLoopback ? { execute: [client.allowInsecureRequests] } : {}),
      timeout: 10,
    });
  }
}

type Library = typeof import('openid-client', { with: { 'resolution-mode': 'import' }});
type Configuration = InstanceType<Library['Configuration']>;

/** The library exists only as an ES module. */
function library(): Promise<Library> {
  return import('openid-client');
}
