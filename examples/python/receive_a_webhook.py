"""Receives webhooks on PORT (8080) and verifies that they come from us. Needs nothing but Python.

DENWABAN_WEBHOOK_SECRET is the secret that was shown when the service was made.
"""

import base64
import hashlib
import hmac
import json
import os
import time
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY = base64.b64decode(os.environ["DENWABAN_WEBHOOK_SECRET"].removeprefix("whsec_"))


def is_ours(headers: Message, body: bytes) -> bool:
    """Whether a request is signed with our secret, and new (Standard Webhooks 1.0.0)."""
    identifier, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    # What is older than five minutes may be an old request that somebody has recorded.
    if not timestamp.isdecimal() or abs(time.time() - int(timestamp)) > 300:
        return False
    # The bytes as they came: JSON that was read and written again is not the same.
    signed = f"{identifier}.{timestamp}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.digest(KEY, signed, hashlib.sha256)).decode()
    # While a secret is being replaced there are two signatures; one of them has to be right.
    signatures = headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(expected.encode(), signature.encode()) for signature in signatures)


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        verified = is_ours(self.headers, body)
        if verified:
            # The same `webhook-id` may come again. Keep what you have seen, answer at once, and work afterwards.
            event = json.loads(body)
            caller = event["data"]["caller"]
            print(event["type"], "from", caller["e164"] or caller["text"], flush=True)
        self.send_response(204 if verified else 401)
        self.end_headers()


ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8080"))), Receiver).serve_forever()
