//! What an event says, in words: with identifiers, as those are what other commands take.

use serde_json::Value;

use crate::console::grouped;

mod cargo;
mod trade;

/// An event as a sentence. One of a type that is not known is told plainly.
pub(super) fn sentence(event: &Value) -> String {
    let data = &event["data"];
    let kind = event["type"].as_str().unwrap_or_default();
    let (topic, what) = kind.split_once('.').unwrap_or((kind, ""));
    let told = match topic {
        "trade" => trade::trade(what, data),
        "offer" => trade::offer(what, data),
        "shipment" => cargo::shipment(what, data),
        "stock" => stock(what, data),
        "credits" => credits(what, data),
        "alert" => alert(what, data),
        "alert-rule" => id(data, "id").map(|id| format!("rule {id} {what}")),
        "station" | "commodity" | "trader" | "vessel" => thing(topic, what, data),
        "key" => key(what, data),
        "network" => data["epoch"].as_str().map(|epoch| format!("a network {what}, at {epoch}")),
        _ => None,
    };
    told.unwrap_or_else(|| {
        let subject = event["subject"].as_str().unwrap_or_default();
        format!("{} {subject} {data}", kind.replace('.', " "))
    })
}

/// Text that cannot move the cursor, colour the screen or turn the direction of writing, whoever
/// wrote it.
pub(super) fn printable(text: &str) -> String {
    let is_trick = |letter: char| {
        letter.is_control()
            || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            || matches!(letter, '\u{2028}' | '\u{2029}')
    };
    text.replace(is_trick, "\u{fffd}")
}

/// A text member.
fn id<'a>(data: &'a Value, name: &str) -> Option<&'a str> {
    data[name].as_str()
}

/// An amount member, as people read it.
fn amount(data: &Value, name: &str) -> Option<String> {
    data[name].as_u64().map(grouped)
}

/// Why, as what follows a colon; nothing where nothing was said.
fn because(data: &Value) -> String {
    id(data, "reason").map(|reason| format!(": {reason}")).unwrap_or_default()
}

/// `500 water-ice and 2 more`.
fn goods(data: &Value) -> Option<String> {
    let lines = data["lines"].as_array()?;
    let first = lines.first()?;
    let counted = || {
        let of = |name: &str| first[name].as_u64();
        Some(of("accepted")? + of("rejected").unwrap_or_default())
    };
    let units = first["quantity"].as_u64().or_else(counted)?;
    let goods = format!("{} {}", grouped(units), id(first, "commodity")?);
    Some(goods + &others(lines.len()))
}

/// Beside the first of so many.
fn others(count: usize) -> String {
    match count.saturating_sub(1) {
        0 => String::new(),
        more => format!(" and {more} more"),
    }
}

fn stock(what: &str, data: &Value) -> Option<String> {
    let station = id(data, "station")?;
    if what == "transferred" {
        let (from, to) = (id(data, "from")?, id(data, "to")?);
        return Some(format!("{from} gave {to} {} at {station}{}", goods(data)?, because(data)));
    }
    let lines = data["lines"].as_array()?;
    let change = |line: &Value| {
        let (reason, commodity) = (id(line, "reason")?, id(line, "commodity")?);
        let units = match reason {
            "counted" => line["count"].as_u64()?,
            _ => line["change"].as_i64()?.unsigned_abs(),
        };
        Some(format!("{reason} {} {commodity}", grouped(units)))
    };
    let shown: Vec<_> = lines.iter().take(3).map(change).collect::<Option<_>>()?;
    let owner = id(data, "owner")?;
    let whose = if owner == station { owner.to_owned() } else { format!("{owner} at {station}") };
    let more = others((lines.len() + 1).saturating_sub(shown.len()));
    Some(format!("{whose}: {}{more}", shown.join(", ")))
}

fn credits(what: &str, data: &Value) -> Option<String> {
    if what == "transferred" {
        let (from, to) = (id(data, "from")?, id(data, "to")?);
        let credits = amount(data, "credits")?;
        return Some(format!("{from} gave {to} {credits} credits{}", because(data)));
    }
    let credits = grouped(data["change"].as_i64()?.unsigned_abs());
    let way = if what == "issued" { "to" } else { "from" };
    Some(format!("{credits} credits {what} {way} {}", id(data, "trader")?))
}

fn alert(what: &str, data: &Value) -> Option<String> {
    let cause = &data["cause"];
    let good = id(data, "commodity").unwrap_or("stock");
    let place = id(data, "station").map(|station| format!(" at {station}")).unwrap_or_default();
    let shipment = || id(cause, "shipmentId").map(|id| format!("shipment {id}"));
    let says = match id(data, "kind")? {
        "shipment_overdue" => format!("{} is overdue", shipment()?),
        "shipment_late" => format!("{} is expected late", shipment()?),
        "shipment_silent" => format!("{} is silent", shipment()?),
        "stock_low" => format!("{good}{place} is running low"),
        "stock_out" => format!("{good}{place} is out of stock"),
        "hold_expired" => format!("hold {} ran out", id(cause, "transactionId")?),
        other => format!("{other}{place}"),
    };
    Some(match what {
        "fired" => format!("{}: {says}", id(data, "severity")?),
        "changed" => format!("{} now: {says}", id(data, "severity")?),
        "acknowledged" => format!("seen by {}: {says}", id(data, "actor").unwrap_or("somebody")),
        "resolved" => format!("over: {says}"),
        other => format!("{other}: {says}"),
    })
}

fn thing(topic: &str, what: &str, data: &Value) -> Option<String> {
    let (name, id) = (id(data, "name")?, id(data, "id")?);
    let named = if name == id { id.to_owned() } else { format!("{id} ({name})") };
    Some(format!("{topic} {named} {what}"))
}

fn key(what: &str, data: &Value) -> Option<String> {
    let key = &data["keyId"];
    Some(format!("key {key} of {} ({}) {what}", id(data, "principal")?, id(data, "role")?))
}

#[cfg(test)]
mod tests;
