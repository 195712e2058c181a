import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import type { Actor } from '../../access/actors';
import { mustBeTheirs, type ObjectKind } from '../../access/owners';
import { type Act, mustBeAllowed } from '../../access/policy';
import { ulidText } from '../schemas';
import { layout, type Page } from './layout';
import { PageRefusal } from './problemPage';
import { readFormWithFile, type SentFile } from './upload';
import { carriesFormToken, isFromOurPages, SECOND_FACTOR_PATH, type Session } from './session';
import { type Pages, type Visit, visitOf } from './visit';

/** What a handler answers: a page, or where the browser goes next (303). */
export type PageAnswer = Page | { readonly to: string };

/** A visit of somebody who is logged in and may be here. */
export interface StaffVisit extends Visit {
  readonly session: Session;
  readonly actor: Actor;
}

export type Form = Readonly<Record<string, string>>;

/** What a page's address names by each of its parameters. */
const OBJECTS: Readonly<Record<string, ObjectKind>> = {
  releaseId: 'releases',
  payoutId: 'payouts',
  invoiceId: 'invoices',
  returnId: 'surplus-returns',
};

// A complaint of 5,000 Chinese characters takes 45 kB as a form sends it.
const readForm = express.urlencoded({ extended: false, limit: '64kb', parameterLimit: 30 });

/** Puts pages on a router, with the same doors for all: who is it, may they, is the form ours. */
export class PageRouter {
  readonly router = Router();

  constructor(private readonly d: Pages) {}

  /** A page for everybody. */
  open(path: string, handle: (visit: Visit, req: Request, res: Response) => Promise<PageAnswer>): void {
    this.router.get(path, async (req, res) => {
      const visit = await visitOf(this.d, req, res);
      send(visit, res, await handle(visit, req, res));
    });
  }

  /** A page of one act; who is not logged in is asked to, and who may not is refused. */
  page(path: string, act: Act, handle: (visit: StaffVisit, req: Request) => Promise<PageAnswer>): void {
    this.router.get(path, async (req, res) => {
      const visit = await visitOf(this.d, req, res);
      if (!visit.session) return res.redirect(303, `/login?next=${encodeURIComponent(req.path)}`);
      if (visit.session.actor.enrolsOnly && path !== SECOND_FACTOR_PATH) return res.redirect(303, SECOND_FACTOR_PATH);
      send(visit, res, await handle(await this.#staffVisit(visit, visit.session, act, req), req));
    });
  }

  /** A form that anybody may send from our pages. */
  openForm(path: string, handle: (visit: Visit, form: Form, req: Request, res: Response) => Promise<PageAnswer>): void {
    this.router.post(path, readForm, this.#fromOurPages(), async (req, res) => {
      const visit = await visitOf(this.d, req, res);
      send(visit, res, await handle(visit, formOf(req), req, res));
    });
  }

  /**
   * A form with one file that anybody may send from our pages. @param may throws unless the address lets them: nothing is read before.
   * @param maxBytes of the file. A larger one, and a field without a file, is null.
   */
  openUpload(
    path: string,
    may: (req: Request) => Promise<void>,
    maxBytes: number,
    handle: (visit: Visit, form: Form, file: SentFile | null, req: Request) => Promise<PageAnswer>,
  ): void {
    this.router.post(path, this.#fromOurPages(), async (req, res) => {
      await may(req);
      const visit = await visitOf(this.d, req, res);
      const { fields, file } = await readFormWithFile(req, res, maxBytes);
      send(visit, res, await handle(visit, fields, file, req));
    });
  }

  /** A form of one act. @param back the page that it is on, for who must log in again. */
  form(path: string, act: Act, back: (req: Request) => string, handle: (visit: StaffVisit, form: Form, req: Request) => Promise<PageAnswer>): void {
    this.router.post(path, readForm, this.#fromOurPages(), async (req, res) => {
      const visit = await visitOf(this.d, req, res);
      if (!visit.session) return res.redirect(303, `/login?next=${encodeURIComponent(back(req))}`);
      if (visit.session.actor.enrolsOnly && !path.startsWith(SECOND_FACTOR_PATH)) return res.redirect(303, SECOND_FACTOR_PATH);
      const form = formOf(req);
      if (!carriesFormToken(visit.session, form.csrf ?? '')) throw new PageRefusal(403, 'forged');
      send(visit, res, await handle(await this.#staffVisit(visit, visit.session, act, req), form, req));
    });
  }

  /** A form of one act with one file: nothing of it is read for who may not send it. @param maxBytes as for `openUpload`. */
  upload(
    path: string,
    act: Act,
    maxBytes: number,
    back: (req: Request) => string,
    handle: (visit: StaffVisit, form: Form, file: SentFile | null, req: Request) => Promise<PageAnswer>,
  ): void {
    this.router.post(path, this.#fromOurPages(), async (req, res) => {
      const visit = await visitOf(this.d, req, res);
      if (!visit.session) return res.redirect(303, `/login?next=${encodeURIComponent(back(req))}`);
      if (visit.session.actor.enrolsOnly) return res.redirect(303, SECOND_FACTOR_PATH);
      const staff = await this.#staffVisit(visit, visit.session, act, req);
      const { fields, file } = await readFormWithFile(req, res, maxBytes);
      // A file that was too large leaves no field: then there is nothing to be forged.
      if (file && !carriesFormToken(visit.session, fields.csrf ?? '')) throw new PageRefusal(403, 'forged');
      send(visit, res, await handle(staff, fields, file, req));
    });
  }

  /** The same doors as the API's routes have: may they, and is what the address names theirs. */
  async #staffVisit(visit: Visit, session: Session, act: Act, req: Request): Promise<StaffVisit> {
    mustBeAllowed(session.actor, act);
    for (const [param, kind] of Object.entries(OBJECTS)) {
      const given = req.params[param];
      if (given === undefined) continue;
      // What cannot be an id is nobody's.
      const id = ulidText.safeParse(given).data ?? '';
      await mustBeTheirs(this.d.db, session.actor, act, kind, id);
    }
    return { ...visit, session, actor: session.actor };
  }

  #fromOurPages(): RequestHandler {
    return (req, res, next) => {
      res.locals.isPage = true;
      next(isFromOurPages(req, this.d.config.publicUrl) ? undefined : new PageRefusal(403, 'forged'));
    };
  }
}

/** A field that is given twice is as good as not given. Browsers send lines with CR LF; what they count and what is kept is LF. */
function formOf(req: Request): Form {
  const fields = Object.entries((req.body ?? {}) as Record<string, unknown>).filter(
    (field): field is [string, string] => typeof field[1] === 'string',
  );
  return Object.fromEntries(fields.map(([name, text]) => [name, text.replaceAll('\r\n', '\n')]));
}

function send(visit: Visit, res: Response, answer: PageAnswer): void {
  if ('to' in answer) res.redirect(303, answer.to);
  else
    res
      .status(answer.status ?? 200)
      .type('html')
      .send(layout(visit, answer));
}
