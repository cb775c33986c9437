//! The conservation proof, read and added up once more.

use serde::Deserialize;

use crate::client::{Client, ClientError};

/// What the server says of all it has ever recorded.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Audit {
    pub(super) balanced: bool,
    credits: Credits,
    commodities: Vec<Goods>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Credits {
    issued: u128,
    retired: u128,
    balances: u128,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Goods {
    produced: u128,
    found: u128,
    consumed: u128,
    lost: u128,
    expired: u128,
    stolen: u128,
    on_hand: u128,
    in_transit: u128,
}

impl Audit {
    /// Asks for it.
    pub(super) async fn read(client: &Client) -> Result<Self, ClientError> {
        client.get("/api/audit").await
    }

    /// Units and credits by which what came in differs from what is there and what went out.
    pub(super) fn unexplained(&self) -> u128 {
        let goods = self.commodities.iter().map(|goods| {
            let came = goods.produced + goods.found;
            let gone = goods.consumed + goods.lost + goods.expired + goods.stolen;
            came.abs_diff(goods.on_hand + goods.in_transit + gone)
        });
        let Credits { issued, retired, balances } = self.credits;
        issued.abs_diff(retired + balances) + goods.sum::<u128>()
    }
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
                "credits": { "issued": 100, "retired": 10, "balances": balances },
                "commodities": [{
                    "produced": 90, "found": 10, "consumed": 20, "lost": 5, "expired": 3,
                    "stolen": 2, "onHand": on_hand, "inTransit": 10,
                }],
            });
            let audit: Audit = serde_json::from_value(audit).unwrap();
            assert_eq!(audit.unexplained(), unexplained);
        }
    }
}
