"""Verifies deliveries with the public library: `verify_webhooks.py FILE`.

The file is a JSON list of deliveries: the secrets that each is signed with, its headers and its body.
Each must verify with each of its secrets, and with nothing changed of it.
"""

import json
import sys

from standardwebhooks import Webhook, WebhookVerificationError


def is_refused(secret, body, headers):
    try:
        Webhook(secret).verify(body, headers)
    except WebhookVerificationError:
        return True
    return False


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        cases = json.load(file)
    verified = forged = 0
    for case in cases:
        headers, body = case["headers"], case["body"]
        for secret in case["secrets"]:
            event = Webhook(secret).verify(body, headers)
            assert event["specversion"] == "1.0", event
            assert headers["webhook-id"].endswith("-" + event["id"]), headers
            verified += 1
        secret = case["secrets"][0]
        other = "whsec_" + "A" * 32
        old = dict(headers, **{"webhook-timestamp": str(int(headers["webhook-timestamp"]) - 1)})
        for forgery in [(secret, body + " ", headers), (other, body, headers), (secret, body, old)]:
            assert is_refused(*forgery), forgery
            forged += 1
    print(f"{verified} verified, {forged} forgeries refused")


main()
