//! Trades and offers in words.

use serde_json::Value;

use super::{amount, because, goods, id, others};

pub(super) fn trade(what: &str, data: &Value) -> Option<String> {
    let station = id(data, "station")?;
    let (Some(buyer), Some(seller)) = (id(data, "buyer"), id(data, "seller")) else {
        // Others' trades are prices without parties.
        let total = amount(data, "total")?;
        return Some(format!("{} {what} at {station} for {total}", goods(data)?));
    };
    let is_party = station == buyer || station == seller;
    let place = if is_party { String::new() } else { format!(" at {station}") };
    let for_total = || Some(format!("for {}", amount(data, "total")?));
    let hold = || id(data, "transactionId").unwrap_or("a hold");
    Some(match what {
        "held" => {
            let awaiting = id(data, "awaiting");
            let awaiting = awaiting.map(|side| format!(", if the {side} agrees"));
            let (goods, total) = (goods(data)?, for_total()?);
            let awaiting = awaiting.unwrap_or_default();
            format!("{buyer} holds {goods} from {seller}{place} {total}{awaiting}")
        }
        "settled" => {
            format!("{buyer} bought {} from {seller}{place} {}", goods(data)?, for_total()?)
        }
        "reversed" => {
            format!("{buyer} gave {} back to {seller}{place}{}", goods(data)?, because(data))
        }
        "voided" => {
            let why = because(data);
            format!("{} of {buyer} on goods of {seller}{place} was called off{why}", hold())
        }
        "expired" => format!("{} of {buyer} on goods of {seller}{place} ran out", hold()),
        _ => return None,
    })
}

pub(super) fn offer(what: &str, data: &Value) -> Option<String> {
    if what == "filled" {
        let (offer, trade) = (id(data, "offerId")?, id(data, "transactionId")?);
        return Some(format!("offer {offer} is taken, the last of it by {trade}"));
    }
    let withdrawn = data["offers"].as_array();
    let of = withdrawn.map_or(Some(data), |offers| offers.first())?;
    let (trader, station) = (id(of, "trader")?, id(of, "station")?);
    let (commodity, price) = (id(of, "commodity")?, amount(of, "unitPrice")?);
    let (does, did) = match id(of, "side")? {
        "sell" => ("sells", "selling"),
        _ => ("buys", "buying"),
    };
    let place = if trader == station { String::new() } else { format!(" at {station}") };
    Some(match what {
        "opened" => {
            let quantity = amount(of, "quantity")?;
            format!("{trader} {does} {quantity} {commodity}{place} at {price} each")
        }
        "withdrawn" => {
            let more = others(withdrawn.map_or(1, Vec::len));
            format!("{trader} ends {did} {commodity}{place} at {price} each{more}")
        }
        "expired" => format!("{trader} {did} {commodity}{place} at {price} each ran out"),
        _ => return None,
    })
}
