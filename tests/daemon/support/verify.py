"""Looks at signed requests with the reference implementation of Standard Webhooks.

The secret is the first argument; the requests come as JSON on standard input. Each is looked at as it came, and once more
with one letter of its body changed, which must be found.
"""

import json
import sys

from standardwebhooks import Webhook, WebhookVerificationError


def holds(webhook, body, headers):
    try:
        webhook.verify(body, headers)
    except WebhookVerificationError:
        return False
    return True


webhook = Webhook(sys.argv[1])
requests = json.load(sys.stdin)
genuine = [holds(webhook, request["body"], request["headers"]) for request in requests]
changed = [holds(webhook, request["body"].replace("les", "lea", 1) + " ", request["headers"]) for request in requests]
print(json.dumps({"verified": sum(genuine), "forged": len(genuine) - sum(genuine), "forgeries_found": changed.count(False)}))
