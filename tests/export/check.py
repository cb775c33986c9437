"""Reads what `itn export` wrote with Python's own csv and json modules, and compares every field with
what the API says.

    python3 check.py URL KEY WHAT CSV NDJSON [QUERY]

Nothing here knows the code of the product: the columns are those of docs/export.md.
"""

import csv
import json
import sys
import urllib.request

PATHS = {
    "trades": "/api/trades",
    "shipments": "/api/cargo",
    "levels": "/api/inventory",
    "events": "/api/events",
    "alerts": "/api/alerts",
}
IDS = {
    "trades": "transactionId",
    "shipments": "shipmentId",
    "levels": None,
    "events": "id",
    "alerts": "alertId",
}
# Columns whose name is not where the value stands in the item.
PLACES = {
    "trades": {
        "line": "#",
        "lineTotal": "lines[].total",
        **{name: f"lines[].{name}" for name in ("commodity", "quantity", "unitPrice", "settledQuantity", "offer")},
    },
    "shipments": {
        "line": "#",
        "onHoldReason": "onHold.reason",
        "delayReason": "delayed.reason",
        "delayCode": "delayed.code",
        "positionX": "position.x",
        "positionY": "position.y",
        "positionZ": "position.z",
        "positionAt": "position.at",
        **{
            name: f"lines[].{name}"
            for name in (
                "commodity", "quantity", "accepted", "rejected", "writtenOff", "outstanding", "found", "short",
            )
        },
    },
    "levels": {"asOfSequence": "asOf.sequence", "asOfTime": "asOf.time"},
    "events": {},
    "alerts": {
        "causeShipmentId": "cause.shipmentId",
        "causeTransactionId": "cause.transactionId",
        "causeRule": "cause.rule",
        "causeOwner": "cause.owner",
        "atRiskHolds": "atRisk.holds",
        "atRiskRules": "atRisk.rules",
    },
}
# Columns that hold JSON.
JSON_COLUMNS = {"charges", "metadata", "data", "atRiskHolds", "atRiskRules"}


def pages(url, key, path, query):
    """Every item of a list, page by page, and what the last page had seen."""
    target = f"{path}?limit=7{query}"
    items = []
    while True:
        request = urllib.request.Request(url + target, headers={"Authorization": f"Bearer {key}"})
        with urllib.request.urlopen(request) as response:
            page = json.load(response)
            link = response.headers.get("Link")
        items += page["items"]
        if page["nextCursor"] is None:
            return items, page["asOf"]
        target = link[link.index("<") + 1 : link.index(">")]


def leaves(value, path=""):
    """The paths of all that an item holds; lists of lines as one, JSON columns whole."""
    if path in ("charges", "metadata", "data", "atRisk.holds", "atRisk.rules"):
        return {path}
    if isinstance(value, dict):
        below = [leaves(part, f"{path}.{name}" if path else name) for name, part in value.items()]
        return set().union(*below)
    if isinstance(value, list) and path == "lines":
        return set().union(*[leaves(line, "lines[]") for line in value])
    return {path}


def find(item, place):
    for name in place.split("."):
        item = item.get(name) if isinstance(item, dict) else None
    return item


def text(value):
    if value is None:
        return ""
    if value is True or value is False:
        return "true" if value else "false"
    return str(value)


def check_rows(what, header, rows, items):
    places = {name: PLACES[what].get(name, name) for name in header}
    at = 0
    for item in items:
        untold = leaves(item) - set(places.values()) - {"onHold", "delayed", "position"}
        assert not untold, f"no column for {untold}"
        for number, line in enumerate(item.get("lines") or [None], 1):
            row = dict(zip(header, rows[at], strict=True))
            at += 1
            for name, place in places.items():
                if place == "#":
                    expected = number
                elif place.startswith("lines[]."):
                    expected = line[place.removeprefix("lines[].")]
                else:
                    expected = find(item, place)
                cell = row[name]
                if name in JSON_COLUMNS:
                    assert json.loads(cell) == expected, (name, cell, expected)
                elif isinstance(expected, float):
                    assert float(cell) == expected, (name, cell, expected)
                else:
                    assert cell == text(expected), (name, cell, expected)
    assert at == len(rows), f"{len(rows)} rows, {at} expected"


def main(url, key, what, csv_file, ndjson_file, query=""):
    items, as_of = pages(url, key, PATHS[what], query)
    with open(ndjson_file, encoding="utf-8", newline="\n") as file:
        lines = [json.loads(line) for line in file]
    if what == "levels":
        items = [{"asOf": as_of, **item} for item in items]
    else:
        # Oldest first where the server has that order, else as it lists them.
        ids = [item[IDS[what]] for item in lines]
        assert len(set(ids)) == len(ids), "an item twice"
        by_id = {item[IDS[what]]: item for item in items}
        assert set(by_id) == set(ids), (set(by_id) ^ set(ids))
        items = [by_id[name] for name in ids]
    assert lines == items, "the NDJSON is not the API's items"

    with open(csv_file, encoding="utf-8", newline="") as file:
        raw = file.read()
    assert raw.endswith("\r\n"), "rows end in CRLF"
    header, *rows = csv.reader(rows_of(raw), strict=True)
    assert len(set(header)) == len(header), header
    check_rows(what, header, rows, items)
    print(f"{what}: {len(items)} items, {len(rows)} rows, the same")


def rows_of(raw):
    """The text by lines that end in CRLF alone: U+2028 and the like end none."""
    return iter(part + "\r\n" for part in raw.split("\r\n")[:-1])


main(*sys.argv[1:])
