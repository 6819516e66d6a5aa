// A walk with openapi-typescript and openapi-fetch: all pages of a query, a group, an error.
import createClient from "openapi-fetch";
import type { components, paths } from "./events.js";

declare const process: { argv: string[] };

const client = createClient<paths>({ baseUrl: process.argv[2] ?? "" });
const events: components["schemas"]["Event"][] = [];
let cursor: string | undefined;
do {
  const { data, error } = await client.GET("/v1/events", {
    params: { query: { actor: "IRN", limit: 10, cursor } },
  });
  if (error) throw new Error(error.detail ?? error.title);
  events.push(...data.data);
  cursor = data.page.next ? (new URL(data.page.next).searchParams.get("cursor") ?? undefined) : undefined;
} while (cursor);

const grouped = await client.GET("/v1/aggregates", {
  params: { query: { by: "quad_class", measures: "count,goldstein_mean" } },
});
const groups = grouped.data?.data.map((group) => [group.quad_class, group.count, group.goldstein_mean]);
const { error } = await client.GET("/v1/events", { params: { query: { actor_country: "IRAN" } } });
const cited = await client.GET("/v1/cite", { params: { query: { actor: "IRN" } } });
const meant = error?.errors[0]?.did_you_mean;

console.log(
  JSON.stringify({
    ids: events.map((event) => event.id),
    first: events[0]?.actor?.code,
    groups,
    meant,
    cited: cited.data?.data.text,
  }),
);
