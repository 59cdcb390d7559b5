#!/usr/bin/env python3
"""Verifies a delivery as a receiver would, with the library that the Standard Webhooks project publishes.

Reads one JSON object from standard input: `secret` (whsec_…), `headers` and `body`. Exit status 0 when the library
takes the delivery for genuine and fresh, 1 when it does not, 2 when it is not installed.

Needs standardwebhooks: python3 -m venv DIR && DIR/bin/pip install standardwebhooks
"""

import json
import sys

try:
    from standardwebhooks import Webhook
    from standardwebhooks.webhooks import WebhookVerificationError
except ImportError:
    sys.exit(2)

delivery = json.load(sys.stdin)
try:
    Webhook(delivery["secret"]).verify(delivery["body"], delivery["headers"])
except WebhookVerificationError as error:
    sys.exit(f"refused: {error}")
