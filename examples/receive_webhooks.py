"""Receives Backbeat's webhooks, and says which can be trusted.

    WEBHOOK_SECRET=whsec_… python examples/receive_webhooks.py

It needs standardwebhooks and listens on port 8000 of this machine, which Backbeat tells only with
WEBHOOK_ALLOW_PRIVATE=true. The secret is in the answer to the first request that names the address.
"""

import os
from http.server import BaseHTTPRequestHandler, HTTPServer

from standardwebhooks import Webhook, WebhookVerificationError

VERIFIER = Webhook(os.environ["WEBHOOK_SECRET"])
SEEN: set[str] = set()  # messages may come more than once


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        try:
            event = VERIFIER.verify(body, dict(self.headers))
        except WebhookVerificationError as e:
            print(f"Not from Backbeat, or too old: {e}")
            self.send_response(401)
        else:
            if self.headers["webhook-id"] not in SEEN:
                SEEN.add(self.headers["webhook-id"])
                print(f"{event['job_id']}: {event['status']} {event['result'] or event['error']}")
            self.send_response(204)
        self.end_headers()


if __name__ == "__main__":
    HTTPServer(("127.0.0.1", 8000), Receiver).serve_forever()
