// Prints the call log, the latest first: node read-the-call-log.js [PAGE SIZE]
import type { components } from "./denwaban.d.ts";

type Schemas = components["schemas"];

// Scope of the key: call_events:read.
const headers = { Authorization: `Bearer ${process.env.DENWABAN_API_KEY}`, "Accept-Language": "en" };

// The events of all pages. A cursor stays right while calls come in: nothing is shown twice or left out.
async function* callEvents(limit: string): AsyncGenerator<Schemas["CallEvent"]> {
  const query = new URLSearchParams({ limit });
  for (;;) {
    const answer = await fetch(`${process.env.DENWABAN_URL}/api/v1/call-events?${query}`, { headers });
    if (!answer.ok) throw new Error(((await answer.json()) as Schemas["Problem"]).detail);
    const page = (await answer.json()) as Schemas["Page_CallEvent"];
    yield* page.items;
    if (page.next_cursor === null) return;
    query.set("cursor", page.next_cursor);
  }
}

for await (const { at, type, caller } of callEvents(process.argv[2] ?? "100")) {
  console.log(at, type, caller.e164 ?? caller.text);
}
