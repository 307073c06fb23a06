// Receives webhooks on PORT (8080) and verifies that they come from us.
// DENWABAN_WEBHOOK_SECRET is the secret that was shown when the service was made.
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";

import type { components } from "./denwaban.d.ts";

type Event = components["schemas"]["WebhookCallEvent"] | components["schemas"]["WebhookTestEvent"];

const key = Buffer.from((process.env.DENWABAN_WEBHOOK_SECRET ?? "").replace(/^whsec_/, ""), "base64");

// Whether a request is signed with our secret, and new (Standard Webhooks 1.0.0).
function isOurs(headers: IncomingHttpHeaders, body: Buffer): boolean {
  const [id, timestamp, signatures] = ["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) => String(headers[name]));
  // What is older than five minutes may be an old request that somebody has recorded.
  if (!(Math.abs(Date.now() / 1000 - Number(timestamp)) <= 300)) return false;
  // The bytes as they came: JSON that was read and written again is not the same.
  const expected = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest();
  // While a secret is being replaced there are two signatures; one of them has to be right.
  return (signatures ?? "").split(" ").some((signature) => {
    const [version, value = ""] = signature.split(",");
    const given = Buffer.from(value, "base64");
    return version === "v1" && given.length === expected.length && timingSafeEqual(given, expected);
  });
}

createServer(async (request, response) => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const body = Buffer.concat(parts);
  if (!isOurs(request.headers, body)) {
    response.writeHead(401).end();
    return;
  }
  // The same `webhook-id` may come again. Keep what you have seen, answer at once, and work afterwards.
  response.writeHead(204).end();
  const event = JSON.parse(body.toString()) as Event;
  const from = "caller" in event.data ? ` from ${event.data.caller.e164 ?? event.data.caller.text}` : "";
  console.log(event.type + from);
}).listen(Number(process.env.PORT ?? 8080), "127.0.0.1");
