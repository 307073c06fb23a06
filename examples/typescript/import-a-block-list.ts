// Imports a block list from a CSV file into the first number: node import-a-block-list.js list.csv [--skip-invalid]
import { readFile } from "node:fs/promises";

import type { components } from "./denwaban.d.ts";

type Schemas = components["schemas"];

const [file = "", option] = process.argv.slice(2);
const api = `${process.env.DENWABAN_URL}/api/v1`;
// Scopes of the key: numbers:read, block_list:write.
const headers = { Authorization: `Bearer ${process.env.DENWABAN_API_KEY}`, "Accept-Language": "en" };

async function call<T>(path: string, type?: string, body?: string | Blob): Promise<T> {
  const init = body === undefined ? { headers } : { method: "POST", headers: { ...headers, "Content-Type": type ?? "" }, body };
  const answer = await fetch(api + path, init);
  if (!answer.ok) throw new Error(((await answer.json()) as Schemas["Problem"]).detail);
  return (await answer.json()) as T;
}

const [number] = (await call<Schemas["Page_Number"]>("/numbers?limit=1")).items;
const imports = `/numbers/${number?.id}/block-list/imports`;

// A preview changes nothing and says what would become of each row. It is kept for an hour. The file goes as it is: UTF-8 and
// Shift_JIS are recognised.
const preview = await call<Schemas["BlockImport"]>(`${imports}?dry_run=true`, "text/csv", new Blob([new Uint8Array(await readFile(file))]));
console.log(`${preview.total} rows: ${preview.added} new, ${preview.duplicates} known already, ${preview.invalid} wrong`);
for (const row of preview.rows.filter(({ outcome }) => outcome === "invalid")) {
  console.log(`  line ${row.line}: ${row.value}: ${row.reason}`);
}
if (preview.invalid > 0 && option !== "--skip-invalid") {
  console.error("nothing was imported; mend the file, or use --skip-invalid");
  process.exit(1);
}

const how = JSON.stringify({ skip_invalid: true } satisfies Schemas["BlockImportApply"]);
const applied = await call<Schemas["BlockImport"]>(`${imports}/${preview.import_id}/apply`, "application/json", how);
console.log(`${applied.added} added`);
