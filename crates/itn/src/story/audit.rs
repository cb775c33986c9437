//! The conservation proof, read and added up once more.

use itn_client::Audit;

/// Units and credits by which what came in differs from what is there and what went out.
pub(super) fn unexplained(audit: &Audit) -> u128 {
    let sum = |parts: &[u64]| parts.iter().map(|part| u128::from(*part)).sum::<u128>();
    let goods = audit.commodities.iter().map(|goods| {
        let came = sum(&[goods.produced, goods.found]);
        let gone = sum(&[goods.consumed, goods.lost, goods.expired, goods.stolen]);
        came.abs_diff(sum(&[goods.on_hand, goods.in_transit]) + gone)
    });
    let credits = &audit.credits;
    let there = sum(&[credits.retired, credits.balances]);
    u128::from(credits.issued).abs_diff(there) + goods.sum::<u128>()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_does_not_add_up_is_counted() {
        for (on_hand, balances, unexplained) in [(60, 90, 0), (59, 90, 1), (62, 85, 7)] {
            let audit = json!({
                "balanced": true,
                "asOf": { "sequence": 7, "time": "2200-01-01T00:00:00Z" },
                "credits": {
                    "issued": 100, "retired": 10, "balances": balances, "held": 0,
                    "available": balances, "balanced": true,
                },
                "commodities": [{
                    "commodity": "x", "balanced": true, "produced": 90, "found": 10,
                    "consumed": 20, "lost": 5, "expired": 3, "stolen": 2, "onHand": on_hand,
                    "inTransit": 10, "available": on_hand, "reserved": 0, "unavailable": 0,
                }],
            });
            let audit: Audit = serde_json::from_value(audit).unwrap();
            assert_eq!(super::unexplained(&audit), unexplained);
        }
    }
}
