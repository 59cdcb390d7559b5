#!/usr/bin/env python3
"""Reads a message as a mail program would, with Python's own parser, and tells what it found as JSON.

The message comes on standard input. Defects that the parser notes anywhere are told, too.
"""

import email
import email.policy
import json
import sys

message = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
parts = list(message.walk())
print(json.dumps({
    "headers": [[name, str(value)] for name, value in message.items()],
    "to": [address.addr_spec for address in message["to"].addresses],
    "from": [[address.display_name, address.addr_spec] for address in message["from"].addresses],
    "date": message["date"].datetime.isoformat(),
    "types": [part.get_content_type() for part in parts],
    "text": message.get_body(("plain",)).get_content().replace("\r\n", "\n"),
    "html": message.get_body(("html",)).get_content().replace("\r\n", "\n"),
    "defects": [str(defect) for part in parts for defect in part.defects]
    + [str(defect) for part in parts for value in part.values() for defect in value.defects],
}))
