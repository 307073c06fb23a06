// Renames a number, without overwriting what others change meanwhile: node rename-a-number.js +815012345678 "Sales"
import type { components } from "./denwaban.d.ts";

type Schemas = components["schemas"];

const [wanted, name = ""] = process.argv.slice(2);
const api = `${process.env.DENWABAN_URL}/api/v1`;
// Scopes of the key: numbers:read, numbers:write.
const headers = { Authorization: `Bearer ${process.env.DENWABAN_API_KEY}`, "Accept-Language": "en" };

async function call(path: string, init: RequestInit = {}): Promise<Response> {
  const answer = await fetch(api + path, { ...init, headers: { ...headers, ...(init.headers as Record<string, string>) } });
  if (!answer.ok && answer.status !== 412) throw new Error(((await answer.json()) as Schemas["Problem"]).detail);
  return answer;
}

const { items } = (await (await call("/numbers?limit=200")).json()) as Schemas["Page_Number"];
const path = `/numbers/${items.find((number) => number.e164 === wanted)?.id}`;
const body = JSON.stringify({ name } satisfies Schemas["NumberPatch"]);

for (let attempt = 1; ; attempt += 1) {
  // The ETag is the version that we have read; If-Match says that we change this one and no other.
  const etag = (await call(path)).headers.get("ETag") ?? "";
  const answer = await call(path, { method: "PATCH", headers: { "If-Match": etag, "Content-Type": "application/json" }, body });
  if (answer.ok) {
    const number = (await answer.json()) as Schemas["Number"];
    console.log(`${number.e164} is called ${number.name} now`);
    break;
  }
  if (attempt === 3) throw new Error("it changes all the time");
  console.error("somebody else has changed it meanwhile; reading it again");
}
