#!/usr/bin/env python3
"""Computes every figure of /api/analytics and /api/routes from the events alone, and compares.

It knows docs/analytics.md and the events of GET /api/events, and shares no code with the server.
The standard library only. Exits with 1 and the differences if there are any.

    recompute.py --url http://127.0.0.1:8080 --key itn_... [--most 12]
"""

import argparse
import collections
import datetime
import http.client
import itertools
import json
import math
import sys
import time
import urllib.parse

SECOND = 1_000_000
WIDTH = {"minute": 60 * SECOND, "hour": 3_600 * SECOND, "day": 86_400 * SECOND}
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
MICROSECOND = datetime.timedelta(microseconds=1)
CARGO = ["bookings", "departures", "shippedUnits", "arrivals", "onTime", "delaySeconds"]
TRADE = ["trades", "value", "units", "reversals", "reversedValue"]


def micros(text):
    return (datetime.datetime.fromisoformat(text.replace("Z", "+00:00")) - EPOCH) // MICROSECOND


def written(at):
    date = EPOCH + datetime.timedelta(microseconds=at)
    fraction = f".{date.microsecond:06}" if date.microsecond else ""
    return f"{date:%Y-%m-%dT%H:%M:%S}{fraction}Z"


def seconds_up(duration):
    """Whole seconds, rounded up; none are negative."""
    return max(0, -(-duration // SECOND))


def greatest(seconds):
    """The greatest duration of the bucket that this one is in."""
    shift = max(0, seconds.bit_length() - 5)
    return ((seconds >> shift) + 1 << shift) - 1


def quantiles(durations):
    def quantile(percent):
        if not durations:
            return None
        rank = max(1, -(-len(durations) * percent // 100))
        return greatest(sorted(durations)[rank - 1])

    return {"p50": quantile(50), "p90": quantile(90), "p99": quantile(99)}


class Figures:
    """What is counted of one thing."""

    def __init__(self):
        self.sum = collections.Counter()
        self.delays = []
        self.transits = []

    def add(self, fact):
        for name, count in fact.items():
            if name == "delay":
                self.delays.append(count)
                self.sum["arrivals"] += 1
                self.sum["onTime"] += count == 0
                self.sum["delaySeconds"] += count
            elif name == "transit":
                self.transits.append(count)
            else:
                self.sum[name] += count

    def cargo(self):
        shown = {name: self.sum[name] for name in CARGO}
        arrivals = self.sum["arrivals"]
        shown["onTimeShare"] = self.sum["onTime"] / arrivals if arrivals else None
        shown["delay"] = quantiles(self.delays)
        return shown

    def flow(self):
        return {name: self.sum[name] for name in TRADE} | {"cargo": self.cargo()}

    def lane(self):
        return self.cargo() | {"value": self.sum["worth"], "transit": quantiles(self.transits)}


class Shipment:
    """A shipment as its events make it."""

    def __init__(self, data):
        self.data = data
        self.status = "booked"
        self.lines = {line["commodity"]: line["quantity"] for line in data["lines"]}
        self.left = dict(self.lines)
        self.written_off = collections.Counter()
        self.planned = micros(data["plannedArrival"])
        self.departed = self.arrived = self.estimated_at = None
        self.on_hold = False
        self.delayed = None
        self.counted = False

    def estimate(self, data, at):
        arrival = data.get("estimatedArrival")
        told = arrival or data.get("estimatedDeparture")
        stale = self.estimated_at is not None and at < self.estimated_at
        if not told or stale or self.arrived is not None:
            return
        self.estimated_at = at
        if arrival and self.delayed != "overdue":
            self.delayed = "estimate" if micros(arrival) > self.planned else None

    def write_off(self, lines):
        for line in lines:
            self.left[line["commodity"]] -= line["quantity"]
            self.written_off[line["commodity"]] += line["quantity"]

    def follow(self, kind, data, at):
        if kind == "loaded":
            self.status = "loading"
        elif kind == "departed":
            self.status, self.departed = "in_transit", at
            self.estimate(data, at)
        elif kind == "estimated":
            self.estimate(data, at)
        elif kind == "delayed":
            self.delayed = data["delayReason"]
        elif kind == "arrived":
            self.status, self.arrived = "arrived", at
            if at <= self.planned:
                self.delayed = None
        elif kind == "received":
            self.status = "received" if data["complete"] else "partially_received"
            for line in data["lines"]:
                counted = line.get("accepted", 0) + line.get("rejected", 0)
                self.left[line["commodity"]] -= counted
                self.counted |= counted + line.get("found", 0) > 0
        elif kind == "lost":
            self.write_off(data["lines"])
            if not any(self.left.values()):
                self.status = "received" if self.counted else "lost"
        elif kind == "found":
            for line in data["lines"]:
                self.left[line["commodity"]] += line["quantity"]
            if self.status == "lost":
                self.status = "arrived" if self.arrived is not None else "in_transit"
        elif kind in ("cancelled", "returned"):
            self.write_off(data["lines"])
            self.status = kind
        elif kind == "held":
            self.on_hold = True
        elif kind == "released":
            self.on_hold = False

    def is_open(self):
        return self.status not in ("received", "cancelled", "lost", "returned")


class Network:
    """Everything that the events tell."""

    def __init__(self):
        self.stations, self.traders, self.commodities = {}, [], {}
        self.facts = collections.defaultdict(list)
        self.lanes = collections.defaultdict(list)
        self.lines = collections.defaultdict(list)
        self.shipments, self.offers, self.alerts = {}, {}, {}
        self.sequence = 0

    def fold(self, event):
        self.sequence = int(event["sequence"])
        topic, kind = event["type"].split(".")
        data, at = event["data"], micros(event["time"])
        if topic == "station":
            name = event["subject"]
            if kind == "created":
                self.traders.append(name)
            self.stations[name] = data
        elif topic == "trader" and kind == "created":
            self.traders.append(event["subject"])
        elif topic == "commodity":
            self.commodities[event["subject"]] = data
        elif topic == "trade":
            self.trade(kind, data, at)
        elif topic == "shipment":
            self.shipment(kind, data, at)
        elif topic == "offer":
            self.offer(kind, data, at, micros(event["recordedat"]))
        elif topic == "alert":
            if kind == "resolved":
                self.alerts.pop(event["subject"], None)
            else:
                self.alerts[event["subject"]] = data["severity"]

    def tell(self, at, subjects, fact):
        for subject in subjects:
            self.facts[subject].append((at, fact))

    def at(self, station):
        system = self.stations[station]["system"]
        return [("network", None), ("station", station), ("system", system)]

    def of(self, commodity):
        category = self.commodities[commodity].get("category")
        return [("commodity", commodity)] + ([("category", category)] if category else [])

    def trade(self, kind, data, at):
        if kind in ("settled", "held"):
            for line in data["lines"]:
                if line.get("offer"):
                    self.offers[line["offer"]]["left"] -= line["quantity"]
        if kind not in ("settled", "reversed"):
            return
        subjects = self.at(data["station"])
        subjects += [("trader", data["buyer"]), ("trader", data["seller"])]
        if kind == "reversed":
            self.tell(at, subjects, {"reversals": 1, "reversedValue": data["total"]})
            for line in data["lines"]:
                value = line["quantity"] * line["unitPrice"]
                fact = {"reversals": 1, "reversedValue": value}
                self.tell(at, self.of(line["commodity"]), fact)
            return
        units = sum(line["quantity"] for line in data["lines"])
        trades = 1 if data["status"] == "settled" else 0
        self.tell(at, subjects, {"trades": trades, "value": data["total"], "units": units})
        for line in data["lines"]:
            quantity, price = line["quantity"], line["unitPrice"]
            fact = {"trades": 1, "value": quantity * price, "units": quantity}
            self.tell(at, self.of(line["commodity"]), fact)
            self.lines[data["station"], line["commodity"]].append((at, price, quantity))

    def shipment(self, kind, data, at):
        number = data["shipmentId"]
        if kind == "booked":
            self.shipments[number] = Shipment(data)
        shipment = self.shipments[number]
        booking = shipment.data
        end = {"booked": "origin", "departed": "origin", "arrived": "destination"}.get(kind)
        if kind != "booked":
            shipment.follow(kind, data, at)
        if not end:
            return
        subjects = self.at(booking[end]) + [("trader", booking["carrier"])]
        lane = {}
        if kind == "booked":
            fact = {"bookings": 1}
        elif kind == "arrived":
            fact = {"delay": seconds_up(at - shipment.planned)}
            lane = {"transit": seconds_up(at - shipment.departed)}
        else:
            fact = {"departures": 1, "shippedUnits": sum(shipment.lines.values())}
            prices = ((self.last(booking["origin"], what), units) for what, units in shipment.lines.items())
            lane = {"worth": sum(last[1] * units for last, units in prices if last)}
        self.tell(at, subjects, fact)
        self.lanes[booking["origin"], booking["destination"]].append((at, fact | lane))
        for commodity, units in shipment.lines.items():
            own = fact | {"shippedUnits": units} if kind == "departed" else fact
            self.tell(at, self.of(commodity), own)

    def last(self, station, commodity):
        lines = self.lines.get((station, commodity))
        return lines[-1] if lines else None

    def offer(self, kind, data, at, recorded):
        if kind == "opened":
            for rest in data["replaced"]:
                self.offers.pop(rest["offerId"])
            self.offers[data["offerId"]] = data | {"left": data["quantity"], "opened": recorded}
        elif kind == "withdrawn":
            for rest in data["offers"]:
                self.offers.pop(rest["offerId"])
        else:
            self.offers.pop(data["offerId"])

    def figures(self, subject, start, end):
        figures = Figures()
        for at, fact in self.facts.get(subject, ()):
            if start <= at < end:
                figures.add(fact)
        return figures

    def lane(self, ends, start, end):
        figures = Figures()
        for at, fact in self.lanes[ends]:
            if start <= at < end:
                figures.add(fact)
        return figures


class Check:
    """Asks the server and compares."""

    def __init__(self, url, key, most):
        self.connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc)
        self.key, self.most = key, most
        self.network = Network()
        self.events = []
        self.compared = 0
        self.wrong = []

    def get(self, path, **query):
        query = {name: value for name, value in query.items() if value is not None}
        target = path + ("?" + urllib.parse.urlencode(query) if query else "")
        for _ in range(600):
            headers = {"Authorization": f"Bearer {self.key}"}
            self.connection.request("GET", target, headers=headers)
            response = self.connection.getresponse()
            body = response.read()
            answer = json.loads(body)
            if response.status == 200:
                return target, answer
            if answer["code"] != "analytics_rebuilding":
                sys.exit(f"{target}: {response.status} {body.decode()}")
            time.sleep(0.1)
        sys.exit(f"{target}: the figures are still being counted")

    def follow(self):
        while True:
            _, page = self.get("/api/events", after=self.network.sequence, limit=1000)
            for event in page["items"]:
                assert int(event["sequence"]) == self.network.sequence + 1, "a gap"
                self.network.fold(event)
            if not page["nextCursor"]:
                return

    def ask(self, path, **query):
        """An answer as of what is known; what happened meanwhile is read, and it is asked again."""
        for _ in range(100):
            target, answer = self.get(path, **query)
            if answer["asOf"]["sequence"] == self.network.sequence:
                return target, answer
            self.follow()
        sys.exit(f"{path} never is as of the last event: {answer['asOf']}")

    def same(self, where, found, expected):
        self.compared += 1
        if isinstance(expected, dict):
            for name, value in expected.items():
                self.same(f"{where} {name}", found.get(name), value)
        elif isinstance(expected, list) and isinstance(found, list):
            if len(found) != len(expected):
                self.wrong.append(f"{where}: {len(found)} items, not {len(expected)}")
            for number, (one, other) in enumerate(zip(found, expected)):
                self.same(f"{where} [{number}]", one, other)
        elif isinstance(expected, float) and isinstance(found, (int, float)):
            if not math.isclose(found, expected, rel_tol=1e-12):
                self.wrong.append(f"{where}: {found}, not {expected}")
        elif found != expected:
            self.wrong.append(f"{where}: {found!r}, not {expected!r}")

    def summary(self):
        where, told = self.ask("/api/analytics/summary")
        network = self.network
        now = micros(told["time"])
        end = now // WIDTH["minute"] * WIDTH["minute"]
        for window, minutes in (("minute", 1), ("hour", 60), ("day", 1440)):
            start = end - minutes * WIDTH["minute"]
            figures = network.figures(("network", None), start, end)
            self.same(f"{where} {window}", told[window], figures.flow() | {
                "from": written(start),
                "to": written(end),
                "tradesPerSecond": figures.sum["trades"] / (minutes * 60),
                "valuePerSecond": figures.sum["value"] / (minutes * 60),
            })
        total = network.figures(("network", None), -math.inf, math.inf)
        self.same(f"{where} total", told["total"], total.flow())
        delays = collections.Counter(map(greatest, total.delays))
        delays = [{"seconds": seconds, "count": delays[seconds]} for seconds in sorted(delays)]
        self.same(f"{where} delays", told["delays"], delays)
        states = collections.Counter(ship.status for ship in network.shipments.values())
        alerts = collections.Counter(network.alerts.values())
        under_way = [ship for ship in network.shipments.values() if ship.is_open()]
        self.same(f"{where} current", told["current"], {
            "shipments": {status: states[status] for status in told["current"]["shipments"]},
            "delayedShipments": sum(ship.delayed is not None for ship in under_way),
            "onHoldShipments": sum(ship.on_hold for ship in under_way),
            "openAlerts": {word: alerts[word] for word in ("info", "warning", "critical")},
        })
        return now

    def spans(self, interval, now):
        """Whole buckets: those around now, and those around what came late."""
        width, count = WIDTH[interval], {"minute": 1440, "hour": 1440, "day": 60}[interval]
        end = (now // width + 2) * width
        yield end - count * width, end
        kept = {"minute": 6, "hour": 80, "day": 400}[interval] * WIDTH["day"]
        times = sorted(at for at, _ in self.network.facts.get(("network", None), ()))
        for at in [at for at in times if end - kept < at < end - count * width][:3]:
            start = at // width * width
            yield start - 5 * width, start + 5 * width

    def series(self, now):
        metrics = TRADE + CARGO
        subjects = sorted(self.network.facts, key=str)
        for by, group in itertools.groupby(subjects, key=lambda subject: subject[0]):
            if by == "trader":
                continue
            for subject in itertools.islice(group, self.most):
                for interval, metric in itertools.product(WIDTH, metrics):
                    for start, end in self.spans(interval, now):
                        self.one_series(subject, interval, metric, start, end)

    def one_series(self, subject, interval, metric, start, end):
        where, told = self.ask(
            "/api/analytics/series", metric=metric, by=subject[0], id=subject[1],
            interval=interval, **{"from": written(start), "to": written(end)},
        )
        width = WIDTH[interval]
        sums = collections.Counter()
        for at, fact in self.network.facts[subject]:
            if start <= at < end:
                figures = Figures()
                figures.add(fact)
                sums[at // width] += figures.sum[metric]
        buckets = [{"at": written(at), "value": sums[at // width]} for at in range(start, end, width)]
        self.same(where, told, {"from": written(start), "to": written(end), "buckets": buckets})
        # Time goes on while it is asked: what ends within some seconds may be either.
        newest = [bucket["at"] for bucket in told["buckets"] if bucket["isOpen"]]
        ends = [bucket for bucket in newest if micros(bucket) + width < micros(told["asOf"]["time"])]
        self.same(f"{where} open", ends, [])

    def prices(self, now):
        for station, commodity in sorted(self.network.lines)[: self.most]:
            for interval in WIDTH:
                for start, end in self.spans(interval, now):
                    self.candles(station, commodity, interval, start, end)

    def candles(self, station, commodity, interval, start, end):
        where, told = self.ask(
            "/api/analytics/prices", station=station, commodity=commodity, interval=interval,
            **{"from": written(start), "to": written(end)},
        )
        width, lines = WIDTH[interval], collections.defaultdict(list)
        for at, price, quantity in self.network.lines[station, commodity]:
            lines[at // width].append((price, quantity))

        def candle(at):
            inside = lines.get(at // width, [])
            prices = [price for price, _ in inside]
            some = (prices[0], max(prices), min(prices), prices[-1]) if prices else (None,) * 4
            return dict(zip(("open", "high", "low", "close"), some)) | {
                "at": written(at),
                "trades": len(inside),
                "units": sum(quantity for _, quantity in inside),
                "value": sum(price * quantity for price, quantity in inside),
            }

        at, price, _ = self.network.last(station, commodity)
        self.same(where, told, {
            "last": {"price": price, "at": written(at)},
            "candles": [candle(at) for at in range(start, end, width)],
        })

    def hours(self, now):
        width = WIDTH["hour"]
        end = (now // width + 2) * width
        for count in (1, 30, 24 * 80):
            yield end - count * width, end
        # Longer than hours are kept: whole days.
        days = (now // WIDTH["day"] + 2) * WIDTH["day"]
        yield days - 500 * WIDTH["day"], days

    def rankings(self, now):
        network = self.network
        order = {
            "stations": ("station", list(network.stations)),
            "commodities": ("commodity", list(network.commodities)),
            "traders": ("trader", network.traders),
        }
        figure = {"value": "value", "units": "units", "trades": "trades", "delay": "delaySeconds"}
        of_lane = {"value": "worth", "units": "shippedUnits", "trades": "departures", "delay": "delaySeconds"}
        for (start, end), by in itertools.product(self.hours(now), figure):
            span = {"from": written(start), "to": written(end)}
            for of, (what, names) in order.items():
                rows = [(name, network.figures((what, name), start, end)) for name in names]
                rows = [row for row in rows if row[1].sum[figure[by]] > 0]
                rows.sort(key=lambda row: -row[1].sum[figure[by]])
                where, told = self.ask("/api/analytics/rankings", of=of, by=by, limit=1000, **span)
                items = [row.flow() | {"id": name} for name, row in rows[:1000]]
                self.same(where, told, span | {"items": items})
            rows = self.lane_rows(of_lane[by], start, end)
            rows = [row for row in rows if row[1].sum[of_lane[by]] > 0]
            where, told = self.ask("/api/analytics/rankings", of="lanes", by=by, limit=1000, **span)
            self.same(where, told, span | {"items": [self.lane_item(*row) for row in rows[:1000]]})

    def lane_rows(self, figure, start, end):
        place = {name: number for number, name in enumerate(self.network.stations)}
        rows = [(ends, self.network.lane(ends, start, end)) for ends in self.network.lanes]
        rows = [row for row in rows if row[1].sum]
        rows.sort(key=lambda row: (-row[1].sum[figure], [place[name] for name in row[0]]))
        return rows

    @staticmethod
    def lane_item(ends, figures):
        return figures.lane() | {"origin": ends[0], "destination": ends[1]}

    def lanes(self, now):
        for start, end in self.hours(now):
            span = {"from": written(start), "to": written(end)}
            rows = self.lane_rows("shippedUnits", start, end)
            where, told = self.ask("/api/analytics/lanes", limit=1000, **span)
            self.same(where, told, span | {"items": [self.lane_item(*row) for row in rows[:1000]]})
            for origin in list(self.network.stations)[: self.most]:
                own = [row for row in rows if row[0][0] == origin]
                where, told = self.ask("/api/analytics/lanes", origin=origin, limit=1000, **span)
                self.same(where, told, {"items": [self.lane_item(*row) for row in own[:1000]]})
                own = [row for row in rows if row[0][1] == origin]
                where, told = self.ask("/api/analytics/lanes", destination=origin, limit=1000, **span)
                self.same(where, told, {"items": [self.lane_item(*row) for row in own[:1000]]})

    def routes(self):
        self.one_routes()
        for commodity in list(self.network.commodities)[: self.most]:
            for far, age in ((None, None), (5, None), ("12.5", 3_600), (None, 86_400 * 30)):
                self.one_routes(commodity=commodity, maxDistance=far, maxAge=age, limit=1000)

    def one_routes(self, **query):
        where, told = self.ask("/api/routes", **query)
        now, network = micros(told["time"]), self.network
        self.same(f"{where} isComplete", told["isComplete"], True)
        station_order = {name: number for number, name in enumerate(network.stations)}
        found = []
        for number, commodity in enumerate(network.commodities):
            if query.get("commodity") in (None, commodity):
                found += self.pairs(number, commodity, query, now, station_order)
        found.sort(key=lambda row: row[0])
        items = [item for _, item in found[: query.get("limit", 100)]]
        self.same(where, told, {"items": items})

    def quotes(self, commodity, side, max_age, now):
        """A station's price: its best open offers, or what was last paid."""
        network, quotes = self.network, {}
        for (station, what), lines in network.lines.items():
            at, price, _ = lines[-1]
            is_old = max_age is not None and at < now - max_age * SECOND
            if what == commodity and not is_old:
                quotes[station] = (price, None, at)
        best = collections.defaultdict(list)
        for offer in network.offers.values():
            if offer["commodity"] == commodity and offer["side"] == side and offer["left"] > 0:
                best[offer["station"]].append(offer)
        for station, offers in best.items():
            prices = [offer["unitPrice"] for offer in offers]
            price = min(prices) if side == "sell" else max(prices)
            offers = [offer for offer in offers if offer["unitPrice"] == price]
            left = sum(offer["left"] for offer in offers)
            quotes[station] = (price, left, min(offer["opened"] for offer in offers))
        return quotes

    def pairs(self, number, commodity, query, now, order):
        age, far = query.get("maxAge"), query.get("maxDistance")
        cheap = self.quotes(commodity, "sell", age, now)
        dear = self.quotes(commodity, "buy", age, now)
        for (here, buy), (there, sell) in itertools.product(cheap.items(), dear.items()):
            profit = sell[0] - buy[0]
            squared = self.squared(here, there)
            is_far = far is not None and squared > round(float(far) * 1000) ** 2
            if here == there or profit <= 0 or is_far:
                continue
            guesses = (buy[1] is None) + (sell[1] is None)
            quantities = [quantity for quantity in (buy[1], sell[1]) if quantity is not None]
            item = {
                "commodity": commodity,
                "buy": self.quote(here, buy, now),
                "sell": self.quote(there, sell, now),
                "unitProfit": profit,
                "quantity": min(quantities) if quantities else None,
                "distance": math.isqrt(squared) / 1000,
            }
            yield (guesses, -profit, squared, order[here], order[there], number), item

    def squared(self, here, there):
        one, other = (self.network.stations[name]["position"] for name in (here, there))
        return sum((round(one[axis] * 1000) - round(other[axis] * 1000)) ** 2 for axis in "xyz")

    @staticmethod
    def quote(station, quote, now):
        price, quantity, at = quote
        return {
            "station": station,
            "price": price,
            "source": "trade" if quantity is None else "offer",
            "quantity": quantity,
            "at": written(at),
            "ageSeconds": max(0, now - at) // SECOND,
        }

    def all(self):
        self.follow()
        now = self.summary()
        self.series(now)
        self.prices(now)
        self.rankings(now)
        self.lanes(now)
        self.routes()


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--url", required=True)
    arguments.add_argument("--key", required=True)
    arguments.add_argument("--most", type=int, default=12, help="things of a kind that are asked for")
    options = arguments.parse_args()
    check = Check(options.url, options.key, options.most)
    check.all()
    if check.wrong:
        print("\n".join(check.wrong[:40]))
        sys.exit(f"{len(check.wrong)} figures differ, of {check.compared} compared")
    facts = sum(len(facts) for facts in check.network.facts.values())
    print(f"{check.compared} figures compared, of {check.network.sequence} events and {facts} facts")


if __name__ == "__main__":
    main()
