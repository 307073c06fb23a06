// Uses the generated client as an integrator would; any surprise ends it with an error.
import assert from "node:assert/strict";

import createClient from "openapi-fetch";

import type { components, paths } from "./denwaban.d.ts";

type Entry = components["schemas"]["BlockEntry"];
type Problem = components["schemas"]["Problem"];

const { DENWABAN_URL: baseUrl, DENWABAN_API_KEY: key } = process.env;
assert(baseUrl && key);
const client = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${key}` } });

const numbers = await client.GET("/api/v1/numbers");
assert(numbers.data);
assert.equal(numbers.data.items.length, 2);
assert.equal(numbers.data.next_cursor, null);
const number = numbers.data.items[0];
assert(number);
const number_id = number.id;

async function add(caller: string, note: string): Promise<Entry> {
  const { data, error } = await client.POST("/api/v1/numbers/{number_id}/block-list/entries", {
    params: { path: { number_id }, header: { "Idempotency-Key": `round-trip-${note}` } },
    body: { caller, note, match: "exact" },
  });
  if (error) throw new Error(error.detail);
  return data;
}

const first = await add("090-1234-0001", "1");
assert.equal((await add("090-1234-0001", "1")).id, first.id, "the same key makes no second one");
for (let index = 2; index < 8; index += 1) await add(`090-1234-000${index}`, String(index));

const path = { number_id, entry_id: first.id };
const read = await client.GET("/api/v1/numbers/{number_id}/block-list/entries/{entry_id}", { params: { path } });
assert.equal(read.data?.caller, "+819012340001");
assert.equal(read.data.expires_at, null);
const tag = read.response.headers.get("ETag");
assert(tag);

const change = () =>
  client.PATCH("/api/v1/numbers/{number_id}/block-list/entries/{entry_id}", {
    params: { path, header: { "If-Match": tag } },
    body: { note: "changed by TypeScript" },
  });
assert.equal((await change()).data?.note, "changed by TypeScript");
const stale = await change();
assert.equal(stale.response.status, 412);
assert.equal(stale.error?.code, "stale" satisfies Problem["code"]);

const wrong = await client.PATCH("/api/v1/numbers/{number_id}", {
  params: { path: { number_id }, header: { "If-Match": `"${number.version}"` } },
  body: { name: "x".repeat(41) },
});
assert.equal(wrong.response.status, 422);
assert(wrong.error);
const faults: NonNullable<Problem["errors"]> = wrong.error.errors ?? [];
assert.deepEqual(faults.map(({ pointer, code }) => [pointer, code]), [["/name", "too_long"]]);

const notes: string[] = [];
let cursor: string | undefined;
do {
  const { data, error } = await client.GET("/api/v1/numbers/{number_id}/block-list/entries", {
    params: { path: { number_id }, query: cursor === undefined ? { limit: 3 } : { limit: 3, cursor } },
  });
  if (error) throw new Error(error.detail);
  notes.push(...data.items.map((entry) => entry.note));
  cursor = data.next_cursor ?? undefined;
} while (cursor !== undefined);
assert.deepEqual(notes, ["7", "6", "5", "4", "3", "2", "changed by TypeScript"]);

// Files are sent and come as they are.
const preview = await client.POST("/api/v1/numbers/{number_id}/block-list/imports", {
  params: { path: { number_id }, query: { dry_run: true } },
  headers: { "Content-Type": "text/csv" },
  body: "電話番号,メモ\n090-1234-0008,八\n",
  bodySerializer: (body) => body,
});
assert.equal(preview.data?.state, "previewed");
assert.equal(preview.data.added, 1);
const file = await client.GET("/api/v1/numbers/{number_id}/block-list/export", { params: { path: { number_id } }, parseAs: "text" });
assert.equal(file.data?.split("\n").length, 9);
