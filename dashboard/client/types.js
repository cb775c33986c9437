// The API's bodies and answers, and what lists may be asked, as types.
// Made by `scripts/client-calls` from the API's document; do not edit.

export {};

/**
 * Stock that was changed outside a trade.
 * @typedef {object} Adjustment
 * @property {string} actor The principal that asked for it.
 * @property {Metadata} metadata Anything of the client's own.
 * @property {string} occurredAt When it happened, as the client says; else when it was recorded.
 * @property {string} recordedAt Network time, strictly increasing.
 * @property {string | null} reference The client's own name for it.
 * @property {number} sequence Its place in the one sequence.
 * @property {AdjustmentLine[]} lines The lines.
 * @property {string} owner The owner.
 * @property {string} station The station.
 */

/**
 * One change: `change` and a reason, or `count`, `expected` and the reason `counted`.
 * @typedef {object} AdjustmentLine
 * @property {number | null} [change] The change.
 * @property {string} commodity The commodity.
 * @property {number | null} [count] The count.
 * @property {number | null} [expected] The expected.
 * @property {StockChangeReason} reason The reason.
 */

/**
 * An alert, open or lately resolved.
 * @typedef {object} Alert
 * @property {string | null} acknowledgedAt The acknowledged at.
 * @property {string | null} acknowledgedBy The principal that has seen it.
 * @property {string} alertId Made by the server; sorts by sequence.
 * @property {AsOf | null} [asOf] On reads alone.
 * @property {AtRisk} atRisk The at risk.
 * @property {AlertCause} cause The cause.
 * @property {string} changedAt When its last event was recorded.
 * @property {string | null} commodity Of an alert of stock.
 * @property {string} firedAt The fired at.
 * @property {AlertKind} kind The kind.
 * @property {string | null} resolvedAt The resolved at.
 * @property {number} sequence Its last event.
 * @property {Severity} severity Of one that is resolved, as it was then.
 * @property {string | null} shipmentId Of an alert of a shipment.
 * @property {string | null} station The shipment's destination, the place of the stock or of the hold.
 * @property {AlertStatus} status The status.
 */

/**
 * What an alert is about; at most one is open of each cause and kind of alert.
 * @typedef {object} AlertCause
 * @property {string | null} [owner] Whose stock the rule watches.
 * @property {string | null} [rule] The rule that watches the stock.
 * @property {string | null} [shipmentId] The shipment id.
 * @property {string | null} [transactionId] The hold that ran out.
 */

/** The alert kind. @typedef {"shipment_overdue" | "shipment_late" | "shipment_silent" | "stock_low" | "stock_out" | "hold_expired"} AlertKind */

/**
 * When alerts fire. Which fields it has depends on its kind.
 * @typedef {object} AlertRule
 * @property {number | null} [afterSeconds] Seconds of network time until the alert fires.
 * @property {number | null} [clear] At or above this it is well again.
 * @property {string | null} [commodity] The commodity.
 * @property {number | null} [criticalAfterSeconds] Seconds of network time until it is critical.
 * @property {number | null} [low] At or below this the stock is low; at zero it is out.
 * @property {string | null} [owner] Whose stock.
 * @property {string | null} [station] The station.
 * @property {AsOf | null} [asOf] On reads alone.
 * @property {string} changedAt The changed at.
 * @property {string} createdAt The created at.
 * @property {string} id The id.
 * @property {AlertRuleKind} kind The kind.
 * @property {number} sequence The event that last changed it.
 */

/** The alert rule kind. @typedef {"shipment_overdue" | "shipment_late" | "shipment_silent" | "hold_expired" | "stock"} AlertRuleKind */

/** The alert status. @typedef {"firing" | "resolved"} AlertStatus */

/**
 * How far a read has seen.
 * @typedef {object} AsOf
 * @property {number} sequence The last event it has seen; 0 before the first.
 * @property {string} time When that was recorded, in network time.
 */

/**
 * What waits for the goods, now: at most 20 of each, none once it is resolved.
 * @typedef {object} AtRisk
 * @property {string[]} holds Pending holds that have these goods reserved at the destination, oldest first.
 * @property {string[]} rules Rules on stock of these goods at the destination.
 */

/**
 * The proof of conservation, at one sequence.
 * @typedef {object} Audit
 * @property {AsOf} asOf How far the answer has seen.
 * @property {boolean} balanced Whether all of it is balanced.
 * @property {CommodityFlows[]} commodities The commodities.
 * @property {CreditFlows} credits The credits.
 */

/**
 * A bucket of time.
 * @typedef {object} Bucket
 * @property {string} at When it begins.
 * @property {boolean} isOpen Whether it has not ended.
 * @property {number} value The value.
 */

/**
 * A line, for the document. Beside type and data, `adjustment` has `station`; `shipment_event` has `shipmentId`; `credits` has `trader`; `station`, `commodity`, `trader`, `vessel` and `alert_rule` have `id`; so have `settle`, `void` and `reverse`, which is the trade's, and `offer_withdraw`, which is the offer's.
 * @typedef {object} BulkLine
 * @property {Record<string, any>} data The body of the single request.
 * @property {string | null} [id] The id.
 * @property {string | null} [idempotencyKey] Makes a retry of this line safe.
 * @property {string | null} [shipmentId] The shipment id.
 * @property {string | null} [station] The station.
 * @property {string | null} [trader] The trader.
 * @property {BulkType} type The type.
 */

/**
 * What became of a line: what the single request would be answered, in short; or its problem, without `type` and `title`. With `results=failures` the last line has counts alone.
 * @typedef {object} BulkResult
 * @property {string} [code] The problem's.
 * @property {string} [detail] The problem's.
 * @property {Fault[]} [errors] The errors.
 * @property {string} [id] Of what was made, changed or named.
 * @property {number} [line] Which one, from 1.
 * @property {boolean} [replayed] That this was done before.
 * @property {boolean} [retryable] The problem's.
 * @property {number} [sequence] Of its event.
 * @property {number} [status] As the single request's.
 */

/** The bulk type. @typedef {"trade" | "shipment" | "shipment_event" | "adjustment" | "station" | "commodity" | "trader" | "vessel" | "alert_rule" | "credits" | "offer" | "offer_withdraw" | "transfer" | "settle" | "void" | "reverse"} BulkType */

/**
 * Prices in a bucket of time, in credits a unit; null if nothing was traded. First and last are by sequence.
 * @typedef {object} Candle
 * @property {string} at When the bucket begins.
 * @property {number | null} close The close.
 * @property {number | null} high The high.
 * @property {boolean} isOpen Whether the bucket has not ended.
 * @property {number | null} low The low.
 * @property {number | null} open The open.
 * @property {number} trades Lines of trades that settled.
 * @property {number} units Units that changed owner.
 * @property {number} value Credits paid for them.
 */

/**
 * What was shipped.
 * @typedef {object} CargoFigures
 * @property {number} arrivals Shipments that arrived here.
 * @property {number} bookings Shipments booked from here.
 * @property {Quantiles} delay The same of each: 0 of what was on time.
 * @property {number} delaySeconds Seconds after the planned arrival, of all arrivals together.
 * @property {number} departures Shipments that left here.
 * @property {number} onTime Of those, how many not after their planned arrival.
 * @property {number | null} onTimeShare onTime ÷ arrivals; null if nothing arrived.
 * @property {number} shippedUnits Units that left here.
 */

/**
 * Credits beside a price, or for a shipment.
 * @typedef {object} Charge
 * @property {number} amount The amount.
 * @property {ChargeKind} kind The kind.
 * @property {string} payer Who pays.
 * @property {string} to Who is paid.
 */

/** The charge kind. @typedef {"tax" | "docking" | "freight" | "insurance" | "other"} ChargeKind */

/**
 * An event.
 * @typedef {object} CloudEvent
 * @property {Record<string, any>} data What happened, with the field names of the answers.
 * @property {string} datacontenttype The datacontenttype.
 * @property {string} id The sequence in digits, a dash, the journal's tag.
 * @property {string} recordedat When it was recorded.
 * @property {string} sequence The place in the one sequence, in digits.
 * @property {string} source The journal.
 * @property {string} specversion `1.0`.
 * @property {string} subject What it happened to.
 * @property {string} time When it happened.
 * @property {string} type The topic, a dot, what happened.
 */

/**
 * A good.
 * @typedef {object} Commodity
 * @property {AsOf | null} [asOf] On reads alone.
 * @property {string | null} category The category.
 * @property {string} changedAt The changed at.
 * @property {string} createdAt The created at.
 * @property {string} id The id.
 * @property {string} name The name.
 * @property {number} sequence The event that last changed it.
 * @property {number | null} unitMassGrams The unit mass grams.
 * @property {number | null} unitVolumeMillilitres The unit volume millilitres.
 */

/**
 * onHand = available + reserved + unavailable, and produced + found = onHand + inTransit + consumed + lost + expired + stolen.
 * @typedef {object} CommodityFlows
 * @property {number} available Of what is on hand.
 * @property {boolean} balanced The balanced.
 * @property {string} commodity The commodity.
 * @property {number} consumed The consumed.
 * @property {number} expired The expired.
 * @property {number} found The found.
 * @property {number} inTransit The in transit.
 * @property {number} lost The lost.
 * @property {number} onHand The on hand.
 * @property {number} produced The produced.
 * @property {number} reserved The reserved.
 * @property {number} stolen The stolen.
 * @property {number} unavailable The unavailable.
 */

/**
 * How much there is.
 * @typedef {object} Counts
 * @property {number} commodities The commodities.
 * @property {number} delayedShipments Open shipments that are late.
 * @property {number} events Events ever recorded.
 * @property {number} keys API keys ever made.
 * @property {number} onHoldShipments Open shipments that are stopped.
 * @property {OpenAlerts} openAlerts The open alerts.
 * @property {number} openHolds Trades that are pending.
 * @property {number} openOffers Offers that are open.
 * @property {number} openShipments Shipments that have not ended.
 * @property {number} readers Live readers now.
 * @property {Record<string, number>} shipments Shipments of each status: those under way now, and those ever ended.
 * @property {number} stations The stations.
 * @property {number} stockEntries Stock entries (station, owner, commodity) that hold something.
 * @property {number} tradedValue Credits ever paid for them; at most 2^53-1 is told.
 * @property {number} traders Stations included.
 * @property {number} tradesSettled Trades ever settled.
 * @property {number} vessels The vessels.
 */

/**
 * A key that was made, or, as an event, that it was.
 * @typedef {object} CreatedKey
 * @property {string} actor The principal that asked for it.
 * @property {Metadata} metadata Anything of the client's own.
 * @property {string} occurredAt When it happened, as the client says; else when it was recorded.
 * @property {string} recordedAt Network time, strictly increasing.
 * @property {string | null} reference The client's own name for it.
 * @property {number} sequence Its place in the one sequence.
 * @property {string[]} accounts The traders that it acts for; none for a role without accounts.
 * @property {string | null} expiresAt When it ends by itself; null if it does not.
 * @property {string | null} [key] The secret, in the first answer alone: it is kept nowhere, and a repeat has null.
 * @property {number} keyId The key id.
 * @property {string} principal The principal.
 * @property {number | null} replaces The key in whose place it was made, if in one's.
 * @property {Role} role The role.
 * @property {TokenSubject | null} token Whose tokens speak for it, if it is one of tokens: no secret opens it.
 */

/**
 * Credits that came into being or ceased to be.
 * @typedef {object} CreditChange
 * @property {string} actor The principal that asked for it.
 * @property {Metadata} metadata Anything of the client's own.
 * @property {string} occurredAt When it happened, as the client says; else when it was recorded.
 * @property {string} recordedAt Network time, strictly increasing.
 * @property {string | null} reference The client's own name for it.
 * @property {number} sequence Its place in the one sequence.
 * @property {number} change Above zero for `issued`, below zero for `retired`.
 * @property {CreditReason} reason The reason.
 * @property {string} trader The trader.
 */

/**
 * issued - retired = balances = available + held.
 * @typedef {object} CreditFlows
 * @property {number} available What all traders are free to spend.
 * @property {boolean} balanced The balanced.
 * @property {number} balances The balances.
 * @property {number} held What is held of all traders for holds, offers to buy and charges.
 * @property {number} issued The issued.
 * @property {number} retired The retired.
 */

/** The credit reason. @typedef {"issued" | "retired"} CreditReason */

/**
 * What is so now.
 * @typedef {object} Current
 * @property {AsOf} asOf How far this has seen.
 * @property {number} delayedShipments Open shipments that are late.
 * @property {number} onHoldShipments Open shipments that are stopped.
 * @property {OpenAlerts} openAlerts The open alerts.
 * @property {Record<string, number>} shipments Shipments of each status: those under way now, and those ever ended.
 */

/**
 * That a shipment is late.
 * @typedef {object} Delay
 * @property {DelayCode | null} code What holds it up, if the latest estimate said so.
 * @property {DelayReason} reason By its estimate, or because the promise has passed.
 */

/**
 * How many arrivals were so late.
 * @typedef {object} DelayBucket
 * @property {number} count The count.
 * @property {number} seconds At most so many seconds, and more than the bucket before.
 */

/** The delay code. @typedef {"congestion" | "weather" | "mechanical" | "customs" | "security" | "crew" | "loading" | "other"} DelayCode */

/** The delay reason. @typedef {"estimate" | "overdue"} DelayReason */

/**
 * One attempt to deliver something. Of the receiver's answer only the status is kept.
 * @typedef {object} Delivery
 * @property {boolean} accepted Whether the receiver has it now.
 * @property {string} at When it began, by the wall clock.
 * @property {number} attempt The how manieth of this event it was.
 * @property {number} durationMillis The duration millis.
 * @property {string | null} error Why there was no answer: `resolve`, `address_refused`, `connect`, `tls`, `timeout` or `interrupted`; null if there was one.
 * @property {string | null} event The event's id; null for a test.
 * @property {string} messageId The `webhook-id` header: the same for each attempt.
 * @property {number | null} status The status that the receiver answered with; null if it did not.
 * @property {string} type The event's type, or `webhook.test`.
 */

/**
 * What a request would do; nothing was done.
 * @typedef {object} DryRun
 * @property {boolean} dryRun True.
 * @property {DryRunEvent[]} events The events that would be recorded; none if nothing would change.
 */

/**
 * An event that would be recorded. Its sequence, its time, and identifiers made of them are those that it would have now.
 * @typedef {object} DryRunEvent
 * @property {Record<string, any>} data As in the event itself.
 * @property {string} subject What it would happen to.
 * @property {string} type The topic, a dot, what would happen.
 */

/**
 * An entry of a trader's statement.
 * @typedef {object} Entry
 * @property {string} actor The principal that asked for it.
 * @property {Metadata} metadata Anything of the client's own.
 * @property {string} occurredAt When it happened, as the client says; else when it was recorded.
 * @property {string} recordedAt Network time, strictly increasing.
 * @property {string | null} reference The client's own name for it.
 * @property {number} sequence Its place in the one sequence.
 * @property {number} available What of it was free to be spent.
 * @property {number} availableChange How much more is free to be spent since.
 * @property {number} balance All that the trader had after it.
 * @property {number} change How much more the trader has since: `availableChange` and `heldChange`.
 * @property {number} held What of it was held.
 * @property {number} heldChange How much more is held since.
 * @property {string} subject What that event is of: a trade, a shipment, an offer, or a trader.
 * @property {string} type The type of the event that made it.
 */

/**
 * When and by whom it was written, and the client's own words on it.
 * @typedef {object} Envelope
 * @property {string} actor The principal that asked for it.
 * @property {Metadata} metadata Anything of the client's own.
 * @property {string} occurredAt When it happened, as the client says; else when it was recorded.
 * @property {string} recordedAt Network time, strictly increasing.
 * @property {string | null} reference The client's own name for it.
 * @property {number} sequence Its place in the one sequence.
 */

/**
 * When and by whom it was written, and the client's own words on it: all of it or, in lists, a part.
 * @typedef {object} EnvelopePart
 * @property {string | null} [actor] The principal that asked for it.
 * @property {Metadata | null} [metadata] Anything of the client's own.
 * @property {string | null} [occurredAt] When it happened, as the client says; else when it was recorded.
 * @property {string | null} [recordedAt] Network time, strictly increasing.
 * @property {string | null} [reference] The client's own name for it.
 * @property {number} sequence Its place in the one sequence.
 */

/**
 * Which events are wanted. Each field that is given narrows; of several values in one, any will do.
 * @typedef {object} EventFilter
 * @property {string[]} [commodity] Of these goods, among others.
 * @property {Severity | null} [severity] Of alerts, those at least as bad; events of other topics pass.
 * @property {string[]} [shipment] Of these shipments.
 * @property {string[]} [station] At these stations; of a shipment, either end.
 * @property {string[]} [system] At stations that lie in these systems.
 * @property {Topic[]} [topic] About these topics.
 * @property {string[]} [trade] Of these trades.
 * @property {string[]} [trader] Of these parties.
 * @property {EventType[]} [type] Of these types.
 * @property {string[]} [vessel] Of shipments on these vessels, and of the vessels themselves.
 */

/** The type of an event. @typedef {"network.created" | "key.created" | "key.revoked" | "station.created" | "station.updated" | "commodity.created" | "commodity.updated" | "trader.created" | "trader.updated" | "vessel.created" | "vessel.updated" | "credits.issued" | "credits.retired" | "credits.transferred" | "stock.adjusted" | "stock.transferred" | "trade.held" | "trade.settled" | "trade.voided" | "trade.expired" | "trade.reversed" | "shipment.booked" | "shipment.loaded" | "shipment.departed" | "shipment.position" | "shipment.estimated" | "shipment.delayed" | "shipment.arrived" | "shipment.received" | "shipment.lost" | "shipment.cancelled" | "shipment.held" | "shipment.released" | "shipment.found" | "shipment.returned" | "offer.opened" | "offer.filled" | "offer.withdrawn" | "offer.expired" | "alert-rule.created" | "alert-rule.updated" | "alert-rule.deleted" | "alert.fired" | "alert.changed" | "alert.acknowledged" | "alert.resolved" | "key.expired" | "key.updated"} EventType */

/**
 * One thing that is wrong, and where: in the body, a parameter or a header.
 * @typedef {object} Fault
 * @property {string} code Of shape: unknown_field, missing_field, duplicate_field, wrong_type, out_of_range, invalid_value, invalid_identifier, invalid_text, invalid_time, invalid_cursor, duplicate_commodity, line_count, not_supported, unknown_parameter, same_party, invalid. Else the code of the problem itself.
 * @property {string} detail What is wrong, in words.
 * @property {string} [header] A header's name.
 * @property {string} [parameter] Of the path or the query.
 * @property {string} [pointer] A JSON pointer (RFC 6901).
 */

/**
 * What was traded and shipped.
 * @typedef {object} Figures
 * @property {CargoFigures | null} cargo Null for keys that see some accounts alone.
 * @property {number} reversals Trades that were reversed; of a commodity, their lines. Not taken off the above.
 * @property {number} reversedValue Credits paid back for them.
 * @property {number} trades Trades that settled; of a commodity, lines that did.
 * @property {number} units Units that changed owner.
 * @property {number} value Credits paid for goods.
 */

/**
 * Goods, by commodity and quantity.
 * @typedef {object} GoodsLine
 * @property {string} commodity The commodity.
 * @property {number} quantity The quantity.
 */

/**
 * How the server is.
 * @typedef {object} Health
 * @property {string | null} [phase] While recovering: `checking` the journal, then `replaying` what is in it.
 * @property {number | null} [replayed] Events checked or replayed so far, while recovering.
 * @property {string} status `alive`, `ready`, `recovering` or `stopping`.
 * @property {number | null} [total] The last event to be checked or replayed, while recovering.
 */

/**
 * Levels at one station.
 * @typedef {object} Inventory
 * @property {AsOf} asOf How far the answer has seen.
 * @property {Level[]} levels The levels.
 * @property {string} station The station.
 */

/**
 * A key in the list of keys.
 * @typedef {object} Key
 * @property {string[]} accounts The traders that it acts for; none for a role without accounts.
 * @property {string} createdAt The created at.
 * @property {string | null} expiresAt When it ends by itself; null if it does not.
 * @property {number} keyId The key id.
 * @property {string | null} lastUsedAt When it was last used, to the minute; null if it never was. After a crash the last minutes before it may be missing.
 * @property {string} principal The principal.
 * @property {number | null} replaces The key in whose place it was made, if in one's.
 * @property {string | null} revokedAt When somebody ended it; null if nobody did.
 * @property {Role} role The role.
 * @property {number} sequence The event that last changed it.
 * @property {KeyStatus} status The status.
 * @property {TokenSubject | null} token Whose tokens speak for it, if it is one of tokens: no secret opens it.
 */

/**
 * An API key to be made in the place of another.
 * @typedef {object} KeyRotation
 * @property {string | null} [at] When it happened, if not now.
 * @property {number | null} [expiresInSeconds] When the new key ends by itself; if left out, it is good as long as the old one was to be when it was made.
 * @property {number | null} [keepOldSeconds] How many seconds the old key stays good, at most: 0 to 2,592,000; a day if left out.
 * @property {Metadata | null} [metadata] Anything of the client's own.
 * @property {string | null} [reference] The client's own number for it.
 */

/** The key status. @typedef {"active" | "expired" | "revoked"} KeyStatus */

/**
 * What went from one station to another.
 * @typedef {object} Lane
 * @property {number} arrivals Shipments that arrived here.
 * @property {number} bookings Shipments booked from here.
 * @property {Quantiles} delay The same of each: 0 of what was on time.
 * @property {number} delaySeconds Seconds after the planned arrival, of all arrivals together.
 * @property {number} departures Shipments that left here.
 * @property {number} onTime Of those, how many not after their planned arrival.
 * @property {number | null} onTimeShare onTime ÷ arrivals; null if nothing arrived.
 * @property {number} shippedUnits Units that left here.
 * @property {string} destination The destination.
 * @property {string} origin The origin.
 * @property {Quantiles} transit From departure to arrival.
 * @property {number} value What left, at the price last paid at the origin for each commodity when it left; 0 for what never was traded there.
 */

/**
 * Flows of cargo.
 * @typedef {object} Lanes
 * @property {AsOf} asOf How far the answer has seen.
 * @property {string} from The hours that are counted: those that were asked for, or the days around them.
 * @property {Lane[]} items The lane with the most units first.
 * @property {string} to The to.
 */

/**
 * A price, and when it was paid.
 * @typedef {object} LastPrice
 * @property {string} at When it happened; when it is recorded, if left out.
 * @property {number} price Credits a unit.
 */

/**
 * Stock of a commodity at a station: `onHand = available + reserved + unavailable`.
 * @typedef {object} Level
 * @property {number} available Free to be traded, shipped or consumed.
 * @property {string} changedAt The changed at.
 * @property {string} commodity The commodity.
 * @property {number} incoming Under way to here; not on hand.
 * @property {number} onHand The on hand.
 * @property {string | null} [owner] Whose, when listed by owner or for one owner; else it is the sum over all owners.
 * @property {number} reserved Promised to booked shipments.
 * @property {string | null} [station] Where, when levels of several stations are listed.
 * @property {number} unavailable There, but damaged or rejected.
 */

/** The loss cause. @typedef {"lost" | "stolen"} LossCause */

/** Up to 16 texts by name, kept and given back as they are. @typedef {Record<string, string>} Metadata */

/**
 * The network: its clock, its counts, its limits.
 * @typedef {object} Network
 * @property {Counts | null} counts Null for keys that see some accounts alone.
 * @property {string} createdAt Wall time at creation.
 * @property {string} epoch Network time at creation.
 * @property {string} journal The journal's identifier.
 * @property {Record<string, number>} limits The bounds of the network, by name.
 * @property {number} sequence The last event.
 * @property {number} speed Seconds of network time a second of wall time.
 * @property {string} tag What event identifiers of this journal end in.
 * @property {string} time Network time now.
 */

/**
 * Stock changes at one station for one owner, all or nothing.
 * @typedef {object} NewAdjustment
 * @property {string | null} [at] When it happened, if not now.
 * @property {NewAdjustmentLine[]} lines What changes, a commodity once each.
 * @property {Metadata | null} [metadata] Anything of the client's own.
 * @property {string | null} [owner] Whose stock; the station's own if left out.
 * @property {string | null} [reference] The client's own number for it.
 */

/**
 * One stock change. With a reason other than `counted`, `change` is required: above zero for `produced`, `found` and `repaired`, below zero for the others. With `counted`, `count` and `expected` are required instead.
 * @typedef {object} NewAdjustmentLine
 * @property {number | null} [change] By how many units.
 * @property {string} commodity The commodity.
 * @property {number | null} [count] How many units there are.
 * @property {number | null} [expected] How many units were on hand before, as the counter was told.
 * @property {StockChangeReason} reason The reason.
 */

/**
 * Cargo to be carried.
 * @typedef {object} NewBooking
 * @property {string | null} [at] When it was booked, if not now.
 * @property {string | null} [carrier] Who carries them; whoever flies the vessel if left out, and without one the owner.
 * @property {NewCharge[] | null} [charges] Held now, and paid when goods are received.
 * @property {string | null} [consignee] Who counts them at the destination; the owner if left out.
 * @property {string} destination The destination.
 * @property {NewBookingLine[]} lines What, a commodity once each.
 * @property {Metadata | null} [metadata] Anything of the client's own.
 * @property {string} origin The origin.
 * @property {string} owner Whose goods.
 * @property {string} plannedArrival Not before the departure.
 * @property {string} plannedDeparture The planned departure.
 * @property {string | null} [reference] The client's own number for it.
 * @property {number | null} [tolerancePermille] How much more than was shipped may be received, in thousandths of each line, at most 1000; none if left out.
 * @property {string | null} [vessel] What carries them: it must have room for them, and carries one shipment at a time.
 */

/**
 * One line of a booking.
 * @typedef {object} NewBookingLine
 * @property {string} commodity The commodity.
 * @property {number} quantity The quantity.
 */

/**
 * Credits that are held, and paid with what they belong to.
 * @typedef {object} NewCharge
 * @property {number} amount The amount.
 * @property {ChargeKind} kind The kind.
 * @property {string} payer Who pays.
 * @property {string} to Who is paid; not the payer.
 */

/**
 * Credits made or unmade.
 * @typedef {object} NewCreditChange
 * @property {string | null} [at] When it happened, if not now.
 * @property {number} change Above zero for `issued`, below zero for `retired`.
 * @property {Metadata | null} [metadata] Anything of the client's own.
 * @property {CreditReason} reason The reason.
 * @property {string | null} [reference] The client's own number for it.
 */

/**
 * Goods, by commodity and quantity.
 * @typedef {object} NewGoodsLine
 * @property {string} commodity The commodity.
 * @property {number} quantity The quantity.
 */

/**
 * How long a reservation lasts.
 * @typedef {object} NewHold
 * @property {number} expiresInSeconds When what is left of it is released by itself.
 */

/**
 * An API key to be made.
 * @typedef {object} NewKey
 * @property {string[] | null} [accounts] The traders that it acts for: 1 to 100 for the roles `trader` and `carrier`, none for the others. The same for all keys of the principal.
 * @property {string | null} [at] When it happened, if not now.
 * @property {number | null} [expiresInSeconds] When it ends by itself; not before it is revoked if left out.
 * @property {Metadata | null} [metadata] Anything of the client's own.
 * @property {string} principal For whom it speaks; created with the first key that names it.
 * @property {string | null} [reference] The client's own number for it.
 * @property {Role} role What the principal may do; the same for all its keys.
 */

/**
 * A posted price, which reserves what it promises.
 * @typedef {object} NewOffer
 * @property {string | null} [at] When it happened, if not now.
 * @property {string} commodity The commodity.
 * @property {number | null} [expiresInSeconds] When it ends by itself; until it is filled or withdrawn if left out.
 * @property {Metadata | null} [metadata] Anything of the client's own.
 * @property {number} quantity How much; 0 only with `replace`, and then it only withdraws.
 * @property {string | null} [reference] The client's own number for it.
 * @property {boolean | null} [replace] Whether it takes the place of the trader's open offers of this side and commodity here.
 * @property {OfferSide} side The side.
 * @property {string} station Where.
 * @property {string | null} [trader] Whose offer; the station's own if left out.
 * @property {number} unitPrice Credits a unit.
 */

/**
 * A place in space; Sol is at the origin.
 * @typedef {object} NewPosition
 * @property {number} x The x.
 * @property {number} y The y.
 * @property {number} z The z.
 */

/**
 * Moves back what a trade moved, once.
 * @typedef {object} NewReversal
 * @property {string | null} [at] When it happened, if not now.
 * @property {Metadata | null} [metadata] Anything of the client's own.
 * @property {string} reason Why, in words.
 * @property {string | null} [reference] The client's own number for it.
 */

/**
 * Who signs in.
 * @typedef {object} NewSession
 * @property {string} key The secret of an API key, or a token of the issuer whose tokens are taken.
 */

/**
 * What of a hold is settled: all that is left of it, or some lines.
 * @typedef {object} NewSettlement
 * @property {string | null} [at] When it happened, if not now.
 * @property {boolean | null} [final] Whether it ends the hold: what is left is released. If left out: true without lines, false with them. A hold of which nothing is left ends in any case.
 * @property {NewGoodsLine[] | null} [lines] What, a commodity once each; all that is left if left out.
 * @property {Metadata | null} [metadata] Anything of the client's own.
 * @property {string | null} [reference] The client's own number for it.
 */

/**
 * What a carrier or a station reports of a shipment. Beside the type and what every body may have: `departed` may have `estimatedArrival`; `position` has `position`; `estimated` has at least one of `estimatedDeparture` and `estimatedArrival`, and may have `reason` and `delayCode`; `received` has `lines`; `lost` may have `cause`, `lines` and `reason`; `found` may have `lines` and `reason`; `held` has `reason`; `cancelled` and `returned` may have `reason`.
 * @typedef {object} NewShipmentEvent
 * @property {string | null} [at] When it happened, if not now.
 * @property {LossCause | null} [cause] How goods were lost; `lost` if left out.
 * @property {DelayCode | null} [delayCode] Why it is late, by code.
 * @property {string | null} [estimatedArrival] The estimated arrival.
 * @property {string | null} [estimatedDeparture] The estimated departure.
 * @property {NewShipmentEventLine[] | null} [lines] What was counted, lost or found, a commodity once each. Of `lost`, all that is outstanding if left out; of `found`, all that was lost.
 * @property {Metadata | null} [metadata] Anything of the client's own.
 * @property {NewPosition | null} [position] The position.
 * @property {string | null} [reason] Why, in words.
 * @property {string | null} [reference] The client's own number for it.
 * @property {ShipmentReportType} type The type.
 */

/**
 * What became of one commodity. Of `received`: `accepted`, and where there is any `rejected` and `short`, together at least one unit. Of `lost` and `found`: `quantity`.
 * @typedef {object} NewShipmentEventLine
 * @property {number | null} [accepted] Good: becomes available. None if left out.
 * @property {string} commodity The commodity.
 * @property {number | null} [quantity] How much is lost, or found.
 * @property {number | null} [rejected] Not good: becomes unavailable. None if left out.
 * @property {number | null} [short] Missed: stays outstanding until the rest comes or somebody writes it off.
 */

/**
 * A trade, all or nothing: goods change owner at the station, credits the other way.
 * @typedef {object} NewTrade
 * @property {string | null} [at] When it happened, if not now.
 * @property {string} buyer Who pays.
 * @property {NewCharge[] | null} [charges] Paid beside the price: with the trade, or with the settlement that ends a hold.
 * @property {NewHold | null} [hold] Reserve now, and settle later; left out, it settles at once.
 * @property {NewTradeLine[]} lines What, a commodity once each.
 * @property {Metadata | null} [metadata] Anything of the client's own.
 * @property {string | null} [reference] The client's own number for it.
 * @property {string} seller Who gives.
 * @property {string} station Where the goods are and stay.
 */

/**
 * One line of a trade: at a `unitPrice`; or of an open `offer` of one of its sides, at the offer's price, if that is no worse than `limitPrice`.
 * @typedef {object} NewTradeLine
 * @property {string} commodity The commodity.
 * @property {number | null} [limitPrice] Credits a unit: the most that is paid for an offer to sell, the least for an offer to buy.
 * @property {string | null} [offer] The open offer that it takes.
 * @property {number} quantity The quantity.
 * @property {number | null} [unitPrice] Credits a unit.
 */

/**
 * A gift: of `credits`, or of goods in `lines` at a `station`.
 * @typedef {object} NewTransfer
 * @property {string | null} [at] When it happened, if not now.
 * @property {number | null} [credits] The credits.
 * @property {string} from Who gives.
 * @property {NewGoodsLine[] | null} [lines] What, a commodity once each.
 * @property {Metadata | null} [metadata] Anything of the client's own.
 * @property {string | null} [reason] Why, in words.
 * @property {string | null} [reference] The client's own number for it.
 * @property {string | null} [station] Where the goods are and stay.
 * @property {string} to Who is given; not the giver.
 */

/**
 * Calls a hold off: what is left of it is released.
 * @typedef {object} NewVoid
 * @property {string | null} [at] When it happened, if not now.
 * @property {Metadata | null} [metadata] Anything of the client's own.
 * @property {string | null} [reason] Why, in words.
 * @property {string | null} [reference] The client's own number for it.
 */

/**
 * A webhook to be made.
 * @typedef {object} NewWebhook
 * @property {string | null} [after] A position to begin behind: an event's id, or its sequence in digits. From now on if left out; `0` delivers all that ever happened first.
 * @property {string | null} [description] The owner's own words on it.
 * @property {EventFilter | null} [filter] Which events are wanted, of those that the key may see; all of them if left out.
 * @property {string} url Where deliveries go: `https`, and a public address, unless the operator allows others.
 */

/**
 * A secret to be made.
 * @typedef {object} NewWebhookSecret
 * @property {number | null} [keepOldSeconds] How many seconds deliveries are signed with the older secrets, too: 0 to 2,592,000; a day if left out.
 */

/**
 * Withdraws an open offer; a line of bulk alone has such a body.
 * @typedef {object} NewWithdrawal
 * @property {string | null} [at] When it happened, if not now.
 * @property {Metadata | null} [metadata] Anything of the client's own.
 * @property {string | null} [reference] The client's own number for it.
 */

/**
 * A posted price.
 * @typedef {object} Offer
 * @property {string | null} [actor] The principal that asked for it.
 * @property {Metadata | null} [metadata] Anything of the client's own.
 * @property {string | null} [occurredAt] When it happened, as the client says; else when it was recorded.
 * @property {string | null} [recordedAt] Network time, strictly increasing.
 * @property {string | null} [reference] The client's own name for it.
 * @property {number} sequence Its place in the one sequence.
 * @property {string} commodity The commodity.
 * @property {string | null} expiresAt When it ends by itself; null if it does not.
 * @property {string} offerId Made by the server; sorts by sequence.
 * @property {number} quantity How much was posted.
 * @property {number} remaining How much may still be taken; of one that has ended, how much was left.
 * @property {OfferSide} side The side.
 * @property {string} station The station.
 * @property {OfferStatus} status The status.
 * @property {string} trader Whose offer.
 * @property {number} unitPrice Credits a unit.
 */

/** The offer side. @typedef {"sell" | "buy"} OfferSide */

/**
 * What became of a posting that opened no offer.
 * @typedef {object} OfferStanding
 * @property {Offer | null} offer The offer that stands already as it was to be posted; null if it was only to withdraw.
 * @property {Offer[]} withdrawn The offers that it withdrew.
 */

/** The offer status. @typedef {"open" | "filled" | "withdrawn" | "expired"} OfferStatus */

/**
 * That a shipment is stopped.
 * @typedef {object} OnHold
 * @property {string} reason Why, in words.
 */

/**
 * Open alerts of each severity.
 * @typedef {object} OpenAlerts
 * @property {number} critical The critical.
 * @property {number} info The info.
 * @property {number} warning The warning.
 */

/** The order. @typedef {"newest" | "oldest"} Order */

/**
 * A place in space, in light-years; Sol is at the origin.
 * @typedef {object} Position
 * @property {number} x The x.
 * @property {number} y The y.
 * @property {number} z The z.
 */

/**
 * The prices of a commodity at a station.
 * @typedef {object} Prices
 * @property {AsOf} asOf How far the answer has seen.
 * @property {Candle[]} candles All buckets, the oldest first.
 * @property {string} commodity The commodity.
 * @property {string} from When the first bucket begins.
 * @property {string} interval The interval.
 * @property {LastPrice | null} last What was last paid, whenever that was; null if it never was traded here.
 * @property {string} station The station.
 * @property {string} to When the last bucket ends.
 */

/**
 * Problem details (RFC 9457), with members of their own for some codes.
 * @typedef {object} Problem
 * @property {"malformed_json" | "unauthenticated" | "not_permitted" | "token_outdated" | "no_access" | "key_required" | "foreign_origin" | "unknown_route" | "method_not_allowed" | "malformed_encoding" | "rate_limited" | "too_many_failures" | "too_many_at_once" | "request_timeout" | "body_too_large" | "unsupported_media_type" | "invalid_request" | "not_supported" | "key_reused" | "unknown_position" | "same_party" | "unknown_station" | "unknown_system" | "unknown_trader" | "unknown_commodity" | "unknown_trade" | "unknown_shipment" | "unknown_alert" | "unknown_alert_rule" | "unknown_event" | "unknown_webhook" | "unknown_key" | "key_ended" | "already_rotated" | "token_key" | "last_admin_key" | "already_settled" | "already_reversed" | "hold_expired" | "on_hold" | "unknown_vessel" | "already_exists" | "invalid_transition" | "not_in_shipment" | "not_in_trade" | "offer_closed" | "offer_mismatch" | "price_moved" | "offer_exceeded" | "over_settlement" | "over_capacity" | "vessel_busy" | "over_receipt" | "count_stale" | "amount_overflow" | "insufficient_stock" | "insufficient_credits" | "url_refused" | "key_revoked" | "limit_reached" | "internal" | "overloaded" | "too_many_connections" | "too_many_readers" | "too_many_stream_tokens" | "recovering" | "issuer_unavailable" | "history_rebuilding" | "analytics_rebuilding" | "low_space" | "stopping" | "outcome_unknown"} code Stable, and never reused for anything else.
 * @property {string} detail What is so here, in words.
 * @property {Fault[]} [errors] All that is wrong with the request's shape; or what the state refuses.
 * @property {string} requestId What the server's log calls the request, and its answer's X-Request-Id: the request's own X-Request-Id, if it has the form, else the trace of its traceparent, else a new one.
 * @property {boolean} retryable Whether the same request, unchanged, may do better later.
 * @property {number} status The status.
 * @property {string} title The code in words.
 * @property {string} type `/problems/` and the code.
 */

/**
 * A rule of alerts as it shall be. Beside the kind and what every body may have: rules of timing have `afterSeconds` and `criticalAfterSeconds` (which `hold_expired` may leave out) and the names that they are listed by; `stock` has `station`, `commodity`, `low` and `clear`, and may have `owner`.
 * @typedef {object} PutAlertRule
 * @property {number | null} [afterSeconds] Until the alert fires; of `hold_expired`, until it resolves by itself.
 * @property {string | null} [at] When it happened, if not now.
 * @property {number | null} [clear] At or above this it is well again; more than `low`.
 * @property {string | null} [commodity] The commodity.
 * @property {number | null} [criticalAfterSeconds] Until it is critical; not before it fires.
 * @property {AlertRuleKind} kind The kind.
 * @property {number | null} [low] At or below this the stock is low; at zero it is out.
 * @property {Metadata | null} [metadata] Anything of the client's own.
 * @property {string | null} [owner] Whose stock; the station's own if left out.
 * @property {string | null} [reference] The client's own number for it.
 * @property {string | null} [station] The station.
 */

/**
 * A commodity as it shall be.
 * @typedef {object} PutCommodity
 * @property {string | null} [at] When it happened, if not now.
 * @property {string | null} [category] For grouping.
 * @property {Metadata | null} [metadata] Anything of the client's own.
 * @property {string} name For people.
 * @property {string | null} [reference] The client's own number for it.
 * @property {number | null} [unitMassGrams] Grams a unit.
 * @property {number | null} [unitVolumeMillilitres] Millilitres a unit.
 */

/**
 * A station as it shall be.
 * @typedef {object} PutStation
 * @property {string | null} [at] When it happened, if not now.
 * @property {StationKind} kind The kind.
 * @property {Metadata | null} [metadata] Anything of the client's own.
 * @property {string} name For people.
 * @property {string | null} [owner] Whose it is; itself if left out.
 * @property {NewPosition} position The position.
 * @property {string | null} [reference] The client's own number for it.
 * @property {string} system The system it lies in.
 */

/**
 * A trader as it shall be.
 * @typedef {object} PutTrader
 * @property {string | null} [at] When it happened, if not now.
 * @property {Metadata | null} [metadata] Anything of the client's own.
 * @property {string} name For people.
 * @property {string | null} [reference] The client's own number for it.
 */

/**
 * A vessel as it shall be.
 * @typedef {object} PutVessel
 * @property {string | null} [at] When it happened, if not now.
 * @property {string} carrier Who flies it: the carrier of its shipments where they name none.
 * @property {number | null} [massCapacityGrams] Grams it can carry; without a bound if left out.
 * @property {Metadata | null} [metadata] Anything of the client's own.
 * @property {string} name For people.
 * @property {string | null} [reference] The client's own number for it.
 * @property {number | null} [volumeCapacityMillilitres] Millilitres it can carry; without a bound if left out.
 */

/**
 * How long, in whole seconds rounded up: of so many hundredths, no longer than this. Each is at most a sixteenth above the exact one. Null if nothing was counted.
 * @typedef {object} Quantiles
 * @property {number | null} p50 The p50.
 * @property {number | null} p90 The p90.
 * @property {number | null} p99 The p99.
 */

/**
 * A price at a station.
 * @typedef {object} Quote
 * @property {number} ageSeconds Whole seconds of network time since then.
 * @property {string} at When the offer was posted, or the price was paid.
 * @property {number} price Credits a unit.
 * @property {number | null} quantity What is left of the offers of this price; null if it is what was last paid.
 * @property {string} source `offer` if it is an open offer's, `trade` if it is what was last paid.
 * @property {string} station The station.
 */

/** One of a ranking. @typedef {{ cargo: CargoFigures | null, reversals: number, reversedValue: number, trades: number, units: number, value: number, id: string } | Lane} RankedItem */

/**
 * The first of a ranking.
 * @typedef {object} Ranking
 * @property {AsOf} asOf How far the answer has seen.
 * @property {string} by The by.
 * @property {string} from The hours that are counted: those that were asked for, or the days around them.
 * @property {RankedItem[]} items The items.
 * @property {string} of The of.
 * @property {string} to The to.
 */

/** The role. @typedef {"admin" | "operator" | "viewer" | "trader" | "carrier"} Role */

/**
 * What a rule says: of timing the seconds, of stock the rest.
 * @typedef {object} RuleTermsAnswer
 * @property {number | null} [afterSeconds] Seconds of network time until the alert fires.
 * @property {number | null} [clear] At or above this it is well again.
 * @property {string | null} [commodity] The commodity.
 * @property {number | null} [criticalAfterSeconds] Seconds of network time until it is critical.
 * @property {number | null} [low] At or below this the stock is low; at zero it is out.
 * @property {string | null} [owner] Whose stock.
 * @property {string | null} [station] The station.
 */

/**
 * A figure in buckets of time.
 * @typedef {object} Series
 * @property {AsOf} asOf How far the answer has seen.
 * @property {Bucket[]} buckets All of them, the oldest first.
 * @property {string} by The by.
 * @property {string} from When the first bucket begins.
 * @property {string | null} id Of which one; null of the whole network.
 * @property {string} interval The interval.
 * @property {string} metric The metric.
 * @property {string} to When the last bucket ends.
 */

/** The severity. @typedef {"info" | "warning" | "critical"} Severity */

/**
 * A shipment.
 * @typedef {object} Shipment
 * @property {string | null} [actor] The principal that asked for it.
 * @property {Metadata | null} [metadata] Anything of the client's own.
 * @property {string | null} [occurredAt] When it happened, as the client says; else when it was recorded.
 * @property {string | null} [recordedAt] Network time, strictly increasing.
 * @property {string | null} [reference] The client's own name for it.
 * @property {number} sequence Its place in the one sequence.
 * @property {string | null} actualArrival The actual arrival.
 * @property {string | null} actualDeparture The actual departure.
 * @property {string} carrier The carrier.
 * @property {Charge[]} charges Held until it ends; paid if anything was received, else released.
 * @property {string} consignee Who counts them at the destination.
 * @property {Delay | null} delayed Null unless it is late.
 * @property {string} destination The destination.
 * @property {string | null} estimatedArrival The estimated arrival.
 * @property {string | null} estimatedAt When the latest estimate was made: one made before it, whenever it is told, changes nothing.
 * @property {string | null} estimatedDeparture The estimated departure.
 * @property {ShipmentLine[]} lines The lines.
 * @property {OnHold | null} onHold Null unless somebody has stopped it.
 * @property {string} origin The origin.
 * @property {string} owner Whose goods.
 * @property {string} plannedArrival The planned arrival.
 * @property {string} plannedDeparture The planned departure.
 * @property {Sighting | null} position The position.
 * @property {string} shipmentId Made by the server; sorts by sequence.
 * @property {ShipmentStatus} status The status.
 * @property {TimelineEntry[] | null} [timeline] Everything that happened to it, oldest first. On the booking and the read of one shipment.
 * @property {number} tolerancePermille How much more than was shipped may be received, in thousandths of each line.
 * @property {Sighting[] | null} [track] Where it was seen, by time: the last 100 positions. On the read of one shipment alone.
 * @property {string | null} vessel What carries it, if that was named.
 */

/**
 * Goods that were booked, left, were lost, found, returned or released: `quantity`. Goods that were counted: `accepted`, `rejected`, `found` beyond what was outstanding, and `short`.
 * @typedef {object} ShipmentEventLine
 * @property {number | null} [accepted] The accepted.
 * @property {string} commodity The commodity.
 * @property {number | null} [found] The found.
 * @property {number | null} [quantity] The quantity.
 * @property {number | null} [rejected] The rejected.
 * @property {number | null} [short] The short.
 */

/**
 * Goods of a shipment: quantity = accepted + rejected + writtenOff + outstanding.
 * @typedef {object} ShipmentLine
 * @property {number} accepted The accepted.
 * @property {string} commodity The commodity.
 * @property {number} found Received beyond what was shipped, within the tolerance.
 * @property {number} outstanding The outstanding.
 * @property {number} quantity The quantity.
 * @property {number} rejected The rejected.
 * @property {number} short Of what is outstanding, what the last count missed.
 * @property {number} writtenOff The written off.
 */

/** The shipment report type. @typedef {"loaded" | "departed" | "position" | "estimated" | "arrived" | "received" | "lost" | "cancelled" | "held" | "released" | "found" | "returned"} ShipmentReportType */

/** The shipment status. @typedef {"booked" | "loading" | "in_transit" | "arrived" | "partially_received" | "received" | "cancelled" | "lost" | "returned"} ShipmentStatus */

/**
 * Where something was seen, and when.
 * @typedef {object} Sighting
 * @property {string} at When it happened; when it is recorded, if left out.
 * @property {number} x The x.
 * @property {number} y The y.
 * @property {number} z The z.
 */

/** A part of the state that a stream begins with. @typedef {"inventory" | "shipments" | "alerts" | "summary"} SnapshotKind */

/**
 * A place where goods are; it is a trader, too.
 * @typedef {object} Station
 * @property {AsOf | null} [asOf] On reads alone.
 * @property {string} changedAt The changed at.
 * @property {string} createdAt The created at.
 * @property {string} id The id.
 * @property {StationKind} kind The kind.
 * @property {string} name The name.
 * @property {string} owner Whose it is.
 * @property {Position} position The position.
 * @property {number} sequence The event that last changed it.
 * @property {string} system The system it lies in.
 */

/** The station kind. @typedef {"planet" | "station" | "outpost" | "gate"} StationKind */

/** The stock change reason. @typedef {"produced" | "found" | "consumed" | "lost" | "expired" | "stolen" | "damaged" | "repaired" | "counted"} StockChangeReason */

/**
 * A token that opens one stream. It is shown once.
 * @typedef {object} StreamToken
 * @property {number} expiresInSeconds How long it is good.
 * @property {string} token For `/api/updates/real-time?token=`.
 */

/**
 * The network at a glance.
 * @typedef {object} Summary
 * @property {AsOf} asOf How far the answer has seen.
 * @property {Current | null} current Null for keys that see some accounts alone.
 * @property {Window} day The last 1,440 whole minutes.
 * @property {DelayBucket[] | null} delays How late everything arrived that ever did; null for keys that see some accounts alone.
 * @property {Window} hour The last 60 whole minutes.
 * @property {Window} minute The last whole minute.
 * @property {string} time Network time now.
 * @property {Figures} total Since the first event.
 */

/**
 * Something that happened to a shipment: its type, its fields, its envelope.
 * @typedef {object} TimelineEntry
 * @property {LossCause | null} [cause] Of `lost` only.
 * @property {Charge[]} [chargesPaid] Charges that were paid with it.
 * @property {Charge[]} [chargesReleased] Charges that were released with it.
 * @property {boolean | null} [complete] Of `received` only: whether nothing is outstanding any more.
 * @property {DelayCode | null} [delayCode] Of `estimated` only.
 * @property {DelayReason | null} [delayReason] Of `delayed` only.
 * @property {string | null} [estimatedArrival] The estimated arrival.
 * @property {string | null} [estimatedDeparture] The estimated departure.
 * @property {ShipmentEventLine[] | null} [lines] The goods it is about.
 * @property {Position | null} [position] The position.
 * @property {string | null} [reason] The reason.
 * @property {string} actor The principal that asked for it.
 * @property {Metadata} metadata Anything of the client's own.
 * @property {string} occurredAt When it happened, as the client says; else when it was recorded.
 * @property {string} recordedAt Network time, strictly increasing.
 * @property {string | null} reference The client's own name for it.
 * @property {number} sequence Its place in the one sequence.
 * @property {string} type The word behind the dot of the event's type.
 */

/**
 * The fields that an event of a shipment has of its own.
 * @typedef {object} TimelineFacts
 * @property {LossCause | null} [cause] Of `lost` only.
 * @property {Charge[]} [chargesPaid] Charges that were paid with it.
 * @property {Charge[]} [chargesReleased] Charges that were released with it.
 * @property {boolean | null} [complete] Of `received` only: whether nothing is outstanding any more.
 * @property {DelayCode | null} [delayCode] Of `estimated` only.
 * @property {DelayReason | null} [delayReason] Of `delayed` only.
 * @property {string | null} [estimatedArrival] The estimated arrival.
 * @property {string | null} [estimatedDeparture] The estimated departure.
 * @property {ShipmentEventLine[] | null} [lines] The goods it is about.
 * @property {Position | null} [position] The position.
 * @property {string | null} [reason] The reason.
 */

/**
 * The token that a caller came with.
 * @typedef {object} Token
 * @property {string} issuer The claim `iss` of the tokens.
 * @property {string} subject The claim `sub` of the tokens.
 * @property {string} expiresAt Until when it is taken: wall time, unlike all other times.
 */

/**
 * Somebody whom an issuer of tokens knows.
 * @typedef {object} TokenSubject
 * @property {string} issuer The claim `iss` of the tokens.
 * @property {string} subject The claim `sub` of the tokens.
 */

/** What events are about: the word before the dot of their type. @typedef {"network" | "key" | "station" | "commodity" | "trader" | "vessel" | "credits" | "stock" | "trade" | "shipment" | "offer" | "alert-rule" | "alert" | "levels"} Topic */

/**
 * A trade.
 * @typedef {object} Trade
 * @property {string} actor The principal that asked for it.
 * @property {Metadata} metadata Anything of the client's own.
 * @property {string} occurredAt When it happened, as the client says; else when it was recorded.
 * @property {string} recordedAt Network time, strictly increasing.
 * @property {string | null} reference The client's own name for it.
 * @property {number} sequence Its place in the one sequence.
 * @property {TradeParty | null} awaiting The side that has yet to accept, and has reserved nothing; null if none has.
 * @property {string} buyer The buyer.
 * @property {Charge[]} charges Paid beside the price.
 * @property {string | null} expiresAt The deadline of a hold; null of a direct trade.
 * @property {TradeLine[]} lines The lines.
 * @property {TradeParty | null} proposedBy The side whose own key made the hold; null where an operator named both.
 * @property {string | null} reason Why it was voided or reversed.
 * @property {string} seller The seller.
 * @property {string | null} settledAt When it was last settled, in whole or in part; null until then.
 * @property {string} station The station.
 * @property {TradeStatus} status The status.
 * @property {number} total Credits agreed: the sum over the lines. Charges are not in it.
 * @property {string} transactionId Made by the server; sorts by sequence.
 */

/**
 * One line of a trade.
 * @typedef {object} TradeLine
 * @property {string} commodity The commodity.
 * @property {string | null} offer The offer that it took; null if it took none.
 * @property {number} quantity The quantity.
 * @property {number} settledQuantity How much has changed owner.
 * @property {number} total Credits agreed for this line.
 * @property {number} unitPrice Credits a unit.
 */

/** The trade party. @typedef {"seller" | "buyer"} TradeParty */

/**
 * Buy here, sell there.
 * @typedef {object} TradeRoute
 * @property {Quote} buy The buy.
 * @property {string} commodity The commodity.
 * @property {number} distance Light-years in a straight line, in thousandths, rounded down.
 * @property {number | null} quantity How much can be had and sold, as far as offers say; null if none does.
 * @property {Quote} sell The sell.
 * @property {number} unitProfit Credits a unit.
 */

/**
 * Where to buy and where to sell.
 * @typedef {object} TradeRoutes
 * @property {AsOf} asOf How far the prices last paid have seen; offers are those of now.
 * @property {boolean} isComplete Whether all prices and pairs were looked at; false where there are too many.
 * @property {TradeRoute[]} items Between two open offers first, then with one, then between prices last paid; each by profit a unit, then by distance.
 * @property {string} time Network time now.
 */

/** The trade status. @typedef {"pending" | "settled" | "voided" | "expired" | "reversed"} TradeStatus */

/**
 * A party, and its credits now.
 * @typedef {object} Trader
 * @property {AsOf | null} [asOf] On reads alone.
 * @property {number | null} available Free to be spent.
 * @property {number | null} balance All of its credits: `available` and `held`. Null, as these are, if the caller may not see it.
 * @property {string} changedAt The changed at.
 * @property {string} createdAt The created at.
 * @property {number | null} held Held for holds, offers to buy and charges, and not to be spent otherwise.
 * @property {string} id The id.
 * @property {string} name The name.
 * @property {number} sequence The event that last changed what it is; credits have events of their own.
 * @property {boolean} station Whether it is a station.
 */

/**
 * Credits, or goods at a station, that were given.
 * @typedef {object} Transfer
 * @property {string} actor The principal that asked for it.
 * @property {Metadata} metadata Anything of the client's own.
 * @property {string} occurredAt When it happened, as the client says; else when it was recorded.
 * @property {string} recordedAt Network time, strictly increasing.
 * @property {string | null} reference The client's own name for it.
 * @property {number} sequence Its place in the one sequence.
 * @property {number | null} credits Null where goods were given.
 * @property {string} from Who gave.
 * @property {GoodsLine[] | null} lines Null where credits were given.
 * @property {string | null} reason The reason.
 * @property {string | null} station Where the goods were and are; null where credits were given.
 * @property {string} to Who was given.
 */

/**
 * What carries shipments, and what it carries now.
 * @typedef {object} Vessel
 * @property {string} carrier Who flies it.
 * @property {string} changedAt The changed at.
 * @property {string} createdAt The created at.
 * @property {string} id The id.
 * @property {number | null} massCapacityGrams Null: without a bound.
 * @property {string} name The name.
 * @property {number} sequence The event that last changed it.
 * @property {number | null} volumeCapacityMillilitres Null: without a bound.
 * @property {AsOf | null} [asOf] On reads alone.
 * @property {string | null} carrying The shipment on it, from loading or departure until arrival or the end; null also if that may not be seen.
 */

/**
 * A vessel, as an event made it.
 * @typedef {object} VesselData
 * @property {string} carrier Who flies it.
 * @property {string} changedAt The changed at.
 * @property {string} createdAt The created at.
 * @property {string} id The id.
 * @property {number | null} massCapacityGrams Null: without a bound.
 * @property {string} name The name.
 * @property {number} sequence The event that last changed it.
 * @property {number | null} volumeCapacityMillilitres Null: without a bound.
 */

/**
 * A webhook. Its times are the wall clock's, not network time.
 * @typedef {object} Webhook
 * @property {number} after Every event up to this sequence was accepted by the receiver, or is none for it.
 * @property {number} attempts How often the next event was tried, and not accepted.
 * @property {string} createdAt The created at.
 * @property {string | null} description The description.
 * @property {string | null} disabledAt The disabled at.
 * @property {string | null} disabledReason Why the server ended it: `gone` (the receiver answered 410), `failing` (a delivery was tried for days), `key_revoked`, `invalid`; null if it did not.
 * @property {string | null} failingSince Since when; null while all is well.
 * @property {EventFilter} filter Which events are wanted, of those that the key may see.
 * @property {number} keyId By which key it delivers: what that may see, while it is good.
 * @property {string | null} nextAttemptAt When it is tried again; null if nothing waits for that.
 * @property {string} principal Whose it is.
 * @property {string | null} [secret] The secret, `whsec_` and base64, in the answer to its making alone; a repeat of that has null.
 * @property {WebhookSecret[]} secrets What deliveries are signed with, oldest first; the secrets themselves are never shown again.
 * @property {WebhookStatus} status The status.
 * @property {string} url Where deliveries go.
 * @property {string} webhookId The webhook id.
 */

/**
 * What is to change of a webhook; what is left out stays.
 * @typedef {object} WebhookChange
 * @property {string | null} [description] The owner's own words on it.
 * @property {EventFilter | null} [filter] Which events are wanted: takes the place of the whole filter; `{}` wants all.
 * @property {WebhookWish | null} [status] `paused` holds the deliveries; `active` goes on where they were, also after the server ended them, by the key of whoever asks, if that is the owner's.
 * @property {string | null} [url] Where deliveries go.
 */

/**
 * What is to be sent again: one of the two.
 * @typedef {object} WebhookReplay
 * @property {string | null} [event] A single event, sent once and at once: an event's id, or its sequence in digits.
 * @property {string | null} [from] The first event from which on everything is delivered, again or, if it is ahead, without what is passed over: an event's id, or its sequence in digits.
 */

/**
 * What was sent again.
 * @typedef {object} WebhookReplayed
 * @property {Delivery | null} delivery What became of the single event; null if everything from one on is delivered again.
 * @property {Webhook} webhook The webhook, as it is now.
 */

/**
 * A secret, without itself.
 * @typedef {object} WebhookSecret
 * @property {string} createdAt The created at.
 * @property {string | null} expiresAt From when on nothing is signed with it; null for the newest.
 */

/** The webhook status. @typedef {"active" | "paused" | "disabled"} WebhookStatus */

/** The webhook wish. @typedef {"active" | "paused"} WebhookWish */

/**
 * Who asks.
 * @typedef {object} WhoAmI
 * @property {string[]} accounts The traders that the caller acts for, and sees; none for a role that sees everything.
 * @property {boolean} anonymous Whether no key was given, and the server lets anybody read.
 * @property {string | null} expiresAt When the key ends by itself; null if it does not, or there is none.
 * @property {number | null} keyId The key id.
 * @property {string | null} principal The principal.
 * @property {Role} role The role.
 * @property {Token | null} token The token of an issuer that was sent instead of a key's secret, or signed in with; null if none was.
 */

/**
 * The figures of a span of time.
 * @typedef {object} Window
 * @property {CargoFigures | null} cargo Null for keys that see some accounts alone.
 * @property {number} reversals Trades that were reversed; of a commodity, their lines. Not taken off the above.
 * @property {number} reversedValue Credits paid back for them.
 * @property {number} trades Trades that settled; of a commodity, lines that did.
 * @property {number} units Units that changed owner.
 * @property {number} value Credits paid for goods.
 * @property {string} from The from.
 * @property {string} to The to.
 * @property {number} tradesPerSecond trades ÷ seconds.
 * @property {number} valuePerSecond value ÷ seconds.
 */

/**
 * What `listAlertRules` may be asked.
 * @typedef {object} ListAlertRulesQuery
 * @property {string} [cursor] The nextCursor of an answer.
 * @property {number} [limit] 1 to 1000; 100 if left out.
 */

/**
 * What `listAlerts` may be asked.
 * @typedef {object} ListAlertsQuery
 * @property {AlertStatus} [status] Of this status; firing if left out.
 * @property {AlertKind} [kind] That say this.
 * @property {Severity} [severity] That are as bad.
 * @property {string} [station] About this station.
 * @property {string} [commodity] Of stock of this commodity.
 * @property {string} [trader] About this party's shipment, stock or hold.
 * @property {string} [from] That fired, or were resolved, at this time or after.
 * @property {string} [to] That fired, or were resolved, before this time.
 * @property {Order} [order] newest or oldest first; newest if left out.
 * @property {string} [cursor] The nextCursor of an answer.
 * @property {number} [limit] 1 to 1000; 100 if left out.
 */

/**
 * What `readLanes` may be asked.
 * @typedef {object} ReadLanesQuery
 * @property {string} [origin] From this station.
 * @property {string} [destination] To this station.
 * @property {string} [from] The hour of this time and later ones. The last 24 hours if left out.
 * @property {string} [to] Hours that begin before this time. Up to now if left out.
 * @property {number} [limit] 1 to 1000; 100 if left out.
 */

/**
 * What `readPrices` may be asked.
 * @typedef {object} ReadPricesQuery
 * @property {string} station Where.
 * @property {string} commodity Of what.
 * @property {"minute" | "hour" | "day"} [interval] `minute`, `hour` or `day`; hours if left out.
 * @property {string} [from] The bucket of this time and later ones. The last 60 minutes, 24 hours or 30 days if left out.
 * @property {string} [to] Buckets that begin before this time. Up to now if left out.
 */

/**
 * What `readRankings` may be asked.
 * @typedef {object} ReadRankingsQuery
 * @property {"stations" | "commodities" | "traders" | "lanes"} of `stations`, `commodities`, `traders` or `lanes`.
 * @property {"value" | "units" | "trades" | "delay"} [by] `value`, `units`, `trades` or `delay`; by value if left out.
 * @property {string} [from] The hour of this time and later ones. The last 24 hours if left out.
 * @property {string} [to] Hours that begin before this time. Up to now if left out.
 * @property {number} [limit] 1 to 1000; 100 if left out.
 */

/**
 * What `readSeries` may be asked.
 * @typedef {object} ReadSeriesQuery
 * @property {"trades" | "value" | "units" | "reversals" | "reversedValue" | "bookings" | "departures" | "shippedUnits" | "arrivals" | "onTime" | "delaySeconds"} metric `trades`, `value`, `units`, `reversals`, `reversedValue`; of cargo `bookings`, `departures`, `shippedUnits`, `arrivals`, `onTime`, `delaySeconds`.
 * @property {"network" | "station" | "system" | "commodity" | "category"} [by] `network`, `station`, `system`, `commodity` or `category`; the network if left out.
 * @property {string} [id] Of which one.
 * @property {"minute" | "hour" | "day"} [interval] `minute`, `hour` or `day`; hours if left out.
 * @property {string} [from] The bucket of this time and later ones. The last 60 minutes, 24 hours or 30 days if left out.
 * @property {string} [to] Buckets that begin before this time. Up to now if left out.
 */

/**
 * What `listShipments` may be asked.
 * @typedef {object} ListShipmentsQuery
 * @property {string} [origin] From this station.
 * @property {string} [destination] To this station.
 * @property {string} [owner] Of this owner's goods.
 * @property {string} [carrier] Carried by this one.
 * @property {string} [vessel] On this vessel.
 * @property {string} [commodity] With this commodity, among others.
 * @property {ShipmentStatus} [status] Of this status.
 * @property {boolean} [delayed] Late, or not.
 * @property {boolean} [onHold] Stopped, or not.
 * @property {string} [reference] Booked with this reference.
 * @property {string} [from] Booked at this time or after.
 * @property {string} [to] Booked before this time.
 * @property {Order} [order] newest or oldest first; newest if left out.
 * @property {string} [cursor] The nextCursor of an answer.
 * @property {number} [limit] 1 to 1000; 100 if left out.
 */

/**
 * What `listCommodities` may be asked.
 * @typedef {object} ListCommoditiesQuery
 * @property {string} [cursor] The nextCursor of an answer.
 * @property {number} [limit] 1 to 1000; 100 if left out.
 */

/**
 * What `listEvents` may be asked.
 * @typedef {object} ListEventsQuery
 * @property {Topic[]} [topic] About these: the word before the dot of the type.
 * @property {EventType[]} [type] Of these types.
 * @property {string[]} [station] At these stations; of a shipment, both its ends.
 * @property {string[]} [system] At the stations that are in these systems now.
 * @property {string[]} [commodity] Of these commodities.
 * @property {string[]} [trader] Of these parties.
 * @property {string[]} [vessel] Of these vessels.
 * @property {string[]} [shipment] Of these shipments, their alerts included.
 * @property {string[]} [trade] Of these trades, their alerts included.
 * @property {Severity} [severity] Of alerts, those at least as bad; other events pass.
 * @property {string} [actor] Asked for by this principal.
 * @property {string} [reference] With this reference.
 * @property {string} [from] That happened at this time or after.
 * @property {string} [to] That happened before this time.
 * @property {Order} [order] newest or oldest first; oldest if left out.
 * @property {string} [after] Oldest first: a position, an event's id or its sequence. From the first event if left out.
 * @property {string} [cursor] Newest first: the nextCursor of an answer.
 * @property {number} [limit] 1 to 1000; 100 if left out.
 */

/**
 * What `listInventory` may be asked.
 * @typedef {object} ListInventoryQuery
 * @property {string} [commodity] Of this commodity.
 * @property {string} [owner] Of this owner.
 * @property {number} [minAvailable] With at least this much available.
 * @property {string} [cursor] The nextCursor of an answer.
 * @property {number} [limit] 1 to 1000; 100 if left out.
 */

/**
 * What `readInventory` may be asked.
 * @typedef {object} ReadInventoryQuery
 * @property {string} [commodity] Of this commodity.
 * @property {string} [owner] Of this owner.
 * @property {"owner"} [by] `owner`: a level for each owner.
 * @property {Record<string, any>} [asOf] A sequence, or a network time: right after it.
 */

/**
 * What `listKeys` may be asked.
 * @typedef {object} ListKeysQuery
 * @property {string} [cursor] The nextCursor of an answer.
 * @property {number} [limit] 1 to 1000; 100 if left out.
 */

/**
 * What `listOffers` may be asked.
 * @typedef {object} ListOffersQuery
 * @property {string} [commodity] Of this commodity.
 * @property {string} [station] At this station.
 * @property {OfferSide} [side] To sell, or to buy.
 * @property {string} [trader] Of this trader.
 * @property {string} [cursor] The nextCursor of an answer.
 * @property {number} [limit] 1 to 1000; 100 if left out.
 */

/** What `postOffer` answers. @typedef {OfferStanding | Offer} PostOfferAnswer */

/**
 * What `findRoutes` may be asked.
 * @typedef {object} FindRoutesQuery
 * @property {string} [commodity] Of this commodity; of all if left out.
 * @property {number} [maxDistance] At most so many light-years, in thousandths.
 * @property {number} [maxAge] Of prices last paid, only those at most so many seconds of network time old. Open offers are never too old.
 * @property {number} [limit] 1 to 1000; 100 if left out.
 */

/**
 * What `listStations` may be asked.
 * @typedef {object} ListStationsQuery
 * @property {string} [cursor] The nextCursor of an answer.
 * @property {number} [limit] 1 to 1000; 100 if left out.
 */

/**
 * What `listTraders` may be asked.
 * @typedef {object} ListTradersQuery
 * @property {string} [cursor] The nextCursor of an answer.
 * @property {number} [limit] 1 to 1000; 100 if left out.
 */

/**
 * What `readTrader` may be asked.
 * @typedef {object} ReadTraderQuery
 * @property {Record<string, any>} [asOf] A sequence, or a network time: right after it. Its name is that of now.
 */

/**
 * What `listEntries` may be asked.
 * @typedef {object} ListEntriesQuery
 * @property {EventType[]} [type] By events of these types, parted by commas.
 * @property {string} [from] That happened at this time or after.
 * @property {string} [to] That happened before this time.
 * @property {Order} [order] The newest first, if left out.
 * @property {string} [cursor] The nextCursor of an answer.
 * @property {number} [limit] 1 to 1000; 100 if left out.
 */

/**
 * What `listTrades` may be asked.
 * @typedef {object} ListTradesQuery
 * @property {string} [station] At this station.
 * @property {string} [commodity] Of this commodity, among others.
 * @property {string} [trader] Bought or sold by this trader.
 * @property {TradeStatus} [status] Of this status.
 * @property {string} [reference] With this reference.
 * @property {string} [from] That happened at this time or after.
 * @property {string} [to] That happened before this time.
 * @property {Order} [order] newest or oldest first; newest if left out.
 * @property {string} [cursor] The nextCursor of an answer.
 * @property {number} [limit] 1 to 1000; 100 if left out.
 */

/**
 * What `listVessels` may be asked.
 * @typedef {object} ListVesselsQuery
 * @property {string} [cursor] The nextCursor of an answer.
 * @property {number} [limit] 1 to 1000; 100 if left out.
 */

/**
 * What `listWebhooks` may be asked.
 * @typedef {object} ListWebhooksQuery
 * @property {string} [cursor] The nextCursor of an answer.
 * @property {number} [limit] 1 to 1000; 100 if left out.
 */

/**
 * What `listDeliveries` may be asked.
 * @typedef {object} ListDeliveriesQuery
 * @property {string} [cursor] The nextCursor of an answer.
 * @property {number} [limit] 1 to 1000; 100 if left out.
 */

/**
 * What `followEvents` may be asked.
 * @typedef {object} FollowEventsQuery
 * @property {string} [after] A position: an event's id or its sequence.
 * @property {SnapshotKind[]} [snapshot] What of the state of now comes first, so far as it matches.
 * @property {Topic[]} [topic] About these topics.
 * @property {EventType[]} [type] Of these types.
 * @property {string[]} [station] At these stations; of a shipment, either end.
 * @property {string[]} [system] At stations that lie in these systems.
 * @property {string[]} [commodity] Of these goods, among others.
 * @property {string[]} [trader] Of these parties.
 * @property {string[]} [vessel] Of these vessels.
 * @property {string[]} [shipment] Of these shipments.
 * @property {string[]} [trade] Of these trades.
 * @property {Severity} [severity] Of alerts, those at least as bad; events of other topics pass.
 */
