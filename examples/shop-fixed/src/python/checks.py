"""What a job for the warehouse looks like. Every function that sends or takes one asks here."""

import re

ORDER = re.compile(r"[0-9a-f-]{36}")
NOTE = re.compile(r"[\w .,-]{0,80}")
CARRIERS = ("dhl", "dpd", "ups")


class Refused(Exception):
    """The input has the wrong form; the message may be shown to the caller."""


def job(value):
    """Gives a new job with known fields of known form, or raises Refused."""
    if not isinstance(value, dict):
        raise Refused("not a job")
    order, carrier, note = value.get("order"), value.get("carrier", "dhl"), value.get("note", "")
    if not isinstance(order, str) or not ORDER.fullmatch(order):
        raise Refused("order has the wrong form")
    if carrier not in CARRIERS:
        raise Refused("unknown carrier")
    if not isinstance(note, str) or not NOTE.fullmatch(note):
        raise Refused("note has the wrong form")
    return {"order": order, "carrier": carrier, "note": note}
