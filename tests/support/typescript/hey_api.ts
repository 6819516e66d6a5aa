// A walk with hey-api: all pages of a query, a group, an error.
import { createClient } from "./hey/client/index.js";
import { citeQuery, listAggregates, listEvents } from "./hey/sdk.gen.js";
import type { Event } from "./hey/types.gen.js";

declare const process: { argv: string[] };

const client = createClient({ baseUrl: process.argv[2] ?? "" });
const events: Event[] = [];
let cursor: string | undefined;
do {
  const { data, error } = await listEvents({ client, query: { actor: "IRN", limit: 10, cursor } });
  if (!data) throw new Error(error.detail ?? error.title);
  events.push(...data.data);
  cursor = data.page.next ? (new URL(data.page.next).searchParams.get("cursor") ?? undefined) : undefined;
} while (cursor);

const grouped = await listAggregates({
  client,
  query: { by: "quad_class", measures: "count,goldstein_mean" },
});
const groups = grouped.data?.data.map((group) => [group.quad_class, group.count, group.goldstein_mean]);
const { error } = await listEvents({ client, query: { actor_country: "IRAN" } });
const cited = await citeQuery({ client, query: { actor: "IRN" } });
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
