// Blocks a caller on the first number of the contract: node block-a-number.js 0120-000-111 "telephone sales"
import { randomUUID } from "node:crypto";

import type { components } from "./denwaban.d.ts";

type Schemas = components["schemas"];

const [caller = "", note = ""] = process.argv.slice(2);
const api = `${process.env.DENWABAN_URL}/api/v1`;
// Scopes of the key: numbers:read, block_list:write.
const headers = { Authorization: `Bearer ${process.env.DENWABAN_API_KEY}`, "Accept-Language": "en" };

const numbers = await fetch(`${api}/numbers?limit=1`, { headers });
if (!numbers.ok) throw new Error(((await numbers.json()) as Schemas["Problem"]).detail);
const [number] = ((await numbers.json()) as Schemas["Page_Number"]).items;

const body: Schemas["BlockEntryCreate"] = { caller, note };
const answer = await fetch(`${api}/numbers/${number?.id}/block-list/entries`, {
  method: "POST",
  // Under one Idempotency-Key a request happens once, however often it has to be sent.
  headers: { ...headers, "Content-Type": "application/json", "Idempotency-Key": randomUUID() },
  body: JSON.stringify(body),
});
if (answer.ok) {
  const entry = (await answer.json()) as Schemas["BlockEntry"];
  console.log(`blocked ${entry.caller_text}, entry ${entry.id}`);
} else {
  // What is wrong with a field stands in `errors`, in the language of Accept-Language.
  const problem = (await answer.json()) as Schemas["Problem"];
  console.error(problem.errors?.map((error) => `${error.pointer}: ${error.message}`).join("\n") ?? problem.detail);
  process.exitCode = 1;
}
