//! Shipments in words.

use serde_json::Value;

use super::{because, goods, id};

pub(super) fn shipment(what: &str, data: &Value) -> Option<String> {
    let (shipment, owner) = (id(data, "shipmentId")?, id(data, "owner")?);
    let (origin, destination) = (id(data, "origin")?, id(data, "destination")?);
    let way = format!("from {origin} to {destination}");
    let why = because(data);
    let says = match what {
        "booked" => format!("{owner} books {} {way}", goods(data)?),
        "loaded" => format!("loading at {origin}"),
        "departed" => format!("left {origin} for {destination}"),
        "position" => {
            let place = &data["position"];
            format!("at {} {} {}, {way}", place["x"], place["y"], place["z"])
        }
        "estimated" => {
            let times = [("departure", "estimatedDeparture"), ("arrival", "estimatedArrival")];
            let times = times.map(|(word, name)| Some(format!("{word} {}", id(data, name)?)));
            let times: Vec<_> = times.into_iter().flatten().collect();
            format!("expects {}{why}", times.join(", "))
        }
        "delayed" => match id(data, "delayReason") {
            Some("overdue") => format!("is overdue, {way}"),
            _ => format!("is late, {way}"),
        },
        "arrived" => format!("arrived at {destination}"),
        "received" => {
            let rest = if data["complete"] == true { "" } else { ", not all of it" };
            format!("{destination} received {}{rest}", goods(data)?)
        }
        "lost" => format!("lost {} {way}{why}", goods(data)?),
        "found" => format!("{} found again, {way}", goods(data)?),
        "returned" => format!("back at {origin} with {}", goods(data)?),
        "held" => format!("stopped, {way}{why}"),
        "released" => format!("may go on, {way}"),
        "cancelled" => format!("called off, {way}{why}"),
        _ => return None,
    };
    Some(format!("{shipment} {says}"))
}
