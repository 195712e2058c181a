# One image, three processes: api, worker and simulators differ by their command (docker-compose.yml).
FROM node:20.20.2-bookworm-slim AS build
WORKDIR /almoner
COPY package.json package-lock.json .npmrc ./
RUN npm ci --include=dev
COPY tsconfig.json ./
COPY bin bin
COPY src src
RUN node bin/build.mjs && npm prune --omit=dev

FROM node:20.20.2-bookworm-slim
ENV NODE_ENV=production
WORKDIR /almoner
COPY --from=build /almoner/package.json ./
COPY --from=build /almoner/node_modules node_modules
COPY --from=build /almoner/dist dist
COPY migrations migrations
COPY data data
RUN mkdir /state && chown node:node /state
USER node
CMD ["node", "--enable-source-maps", "dist/apiMain.js"]
