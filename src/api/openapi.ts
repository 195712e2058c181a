import { OpenApiGeneratorV31, OpenAPIRegistry } from '@asteasolutions/zod-to-openapi';
import type { Express } from 'express';
import swaggerUi from 'swagger-ui-express';
import { describe } from './route';
import { problem } from './schemas';

type Routes = Parameters<typeof describe>[1];

/** @returns the OpenAPI 3.1 document of the routes, generated from the schemas that validate them. */
export function openApiDocument(routes: Routes): ReturnType<OpenApiGeneratorV31['generateDocument']> {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    description: 'An API key of a platform, hospital or sandbox, or the token of a log-in.',
  });
  describe(registry, routes, problem);
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Almoner',
      version: '1',
      description:
        "A serious-illness campaign's way from prior audit to money that a hospital has signed for. Amounts are decimal strings of integer fen; times are RFC 3339.",
    },
  });
}

/** Serves the document, and pages to read it, offline. */
export function mountOpenApi(app: Express, routes: Routes): void {
  const document = openApiDocument(routes);
  app.get('/v1/openapi.json', (_req, res) => {
    res.json(document);
  });
  app.use('/docs', swaggerUi.serve, swaggerUi.setup(document as never, { customSiteTitle: 'Almoner API' }));
}
