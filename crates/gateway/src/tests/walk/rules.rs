//! Who gets what: one line for each operation of the document, and for each case of it in which the
//! answers differ.
//!
//! The callers: `admin`, `operator` and `viewer` see the whole network; `trader` has the account
//! Acme, `carrier` the account Red Star, which carries Acme's shipment; `trader?` and `carrier?` are
//! strangers, whose keys are good and whose accounts have no part in any of it; `anybody` has no key
//! where the operator lets anybody read, `nobody` has none where not, and `revoked` has a key that
//! was an administrator's.
//!
//! What they get:
//! - `all`: the answer that an administrator gets;
//! - `some`: a list with a part of what an administrator gets: what is public, and their own;
//! - `none`: an empty list;
//! - `part`: the thing without what is not theirs;
//! - `yes`: an answer of its own; of a write, that it is done;
//! - a status: a problem. 401: no good key. 403: the role may not, whatever it names. 404: the thing is
//!   not there for them, told as of a thing that is not there at all. 409: the state refuses.

use super::given::By;

/// One line of the table.
pub(super) struct Rule {
    /// Method and path of the document.
    pub(super) operation: &'static str,
    /// Which case of it; empty if there is but one.
    pub(super) case: &'static str,
    gets: [&'static str; By::ALL.len()],
}

impl Rule {
    /// What this caller gets.
    pub(super) fn of(&self, by: By) -> &'static str {
        let at = By::ALL.iter().position(|one| *one == by).unwrap();
        self.gets[at]
    }

    /// How it is told when it fails.
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.operation, self.case)
    }
}

const TABLE: &str = "
                                                        admin operator viewer trader carrier trader? carrier? anybody nobody revoked

GET    /api/trades                                    | all   all      all    some   none    none    none     all     401    401
POST   /api/trades                  naming both sides | yes   yes      403    403    403     403     403      401     401    401
POST   /api/trades                  taking an offer   | yes   yes      403    yes    403     403     403      401     401    401
POST   /api/trades                  proposing a hold  | yes   yes      403    yes    403     403     403      401     401    401
GET    /api/trades/{transactionId}                    | all   all      all    all    404     404     404      all     401    401
POST   /api/trades/{transactionId}/settle             | yes   yes      403    yes    404     404     404      401     401    401
POST   /api/trades/{transactionId}/settle    its own  | yes   yes      403    403    404     404     404      401     401    401
POST   /api/trades/{transactionId}/void               | yes   yes      403    yes    404     404     404      401     401    401
POST   /api/trades/{transactionId}/reverse            | yes   yes      403    403    403     403     403      401     401    401
GET    /api/offers                                    | all   all      all    all    all     all     all      all     401    401
POST   /api/offers                                    | yes   yes      403    yes    403     403     403      401     401    401
GET    /api/offers/{offerId}                          | all   all      all    all    all     all     all      all     401    401
DELETE /api/offers/{offerId}                          | yes   yes      403    yes    403     403     403      401     401    401
POST   /api/transfers                                 | yes   yes      403    yes    403     403     403      401     401    401

GET    /api/cargo                                     | all   all      all    some   some    none    none     all     401    401
POST   /api/cargo                                     | yes   yes      403    yes    403     403     403      401     401    401
GET    /api/cargo/{shipmentId}                        | all   all      all    all    all     404     404      all     401    401
POST   /api/cargo/{shipmentId}/events        departed | yes   yes      403    yes    yes     404     404      401     401    401
POST   /api/cargo/{shipmentId}/events        received | 409   409      403    409    403     404     404      401     401    401
POST   /api/cargo/{shipmentId}/events        found    | 409   409      403    403    403     404     404      401     401    401
POST   /api/cargo/{shipmentId}/events        ended    | 409   409      403    409    409     404     404      401     401    401
GET    /api/vessels                                   | all   all      all    all    all     part    part     all     401    401
GET    /api/vessels/{id}                              | all   all      all    all    all     part    part     all     401    401
PUT    /api/vessels/{id}                              | yes   yes      403    403    403     403     403      401     401    401

GET    /api/alerts                           firing   | all   all      all    some   none    none    none     all     401    401
GET    /api/alerts                           resolved | all   all      all    none   none    none    none     all     401    401
GET    /api/alerts/{alertId}                          | all   all      all    all    404     404     404      all     401    401
POST   /api/alerts/{alertId}/acknowledge              | yes   yes      403    403    403     403     403      401     401    401
GET    /api/alert-rules                               | all   all      all    some   some    some    some     all     401    401
GET    /api/alert-rules/{id}                          | all   all      all    all    404     404     404      all     401    401
PUT    /api/alert-rules/{id}                          | yes   yes      403    403    403     403     403      401     401    401
DELETE /api/alert-rules/{id}                          | yes   yes      403    403    403     403     403      401     401    401

GET    /api/inventory                                 | all   all      all    some   some    none    none     all     401    401
GET    /api/inventory               of Acme           | all   all      all    all    none    none    none     all     401    401
GET    /api/inventory/{stationId}                     | all   all      all    some   some    none    none     all     401    401
GET    /api/inventory/{stationId}   by owner          | all   all      all    some   some    none    none     all     401    401
GET    /api/inventory/{stationId}   of Acme           | all   all      all    all    none    none    none     all     401    401
GET    /api/inventory/{stationId}   as it was         | all   all      all    some   some    none    none     all     401    401
POST   /api/inventory/{stationId}/adjustments         | yes   yes      403    403    403     403     403      401     401    401

GET    /api/stations                                  | all   all      all    all    all     all     all      all     401    401
GET    /api/stations/{id}                             | all   all      all    all    all     all     all      all     401    401
PUT    /api/stations/{id}                             | yes   yes      403    403    403     403     403      401     401    401
GET    /api/commodities                               | all   all      all    all    all     all     all      all     401    401
GET    /api/commodities/{id}                          | all   all      all    all    all     all     all      all     401    401
PUT    /api/commodities/{id}                          | yes   yes      403    403    403     403     403      401     401    401
GET    /api/traders                                   | all   all      all    part   part    part    part     all     401    401
GET    /api/traders/{id}                              | all   all      all    all    part    part    part     all     401    401
GET    /api/traders/{id}            as it was         | all   all      all    all    part    part    part     all     401    401
PUT    /api/traders/{id}                              | yes   yes      403    403    403     403     403      401     401    401
GET    /api/traders/{id}/entries                      | all   all      all    all    404     404     404      all     401    401
POST   /api/traders/{id}/credits                      | yes   403      403    403    403     403     403      401     401    401

GET    /api/events                                    | all   all      all    some   some    some    some     all     401    401
GET    /api/events                  newest first      | all   all      all    some   some    some    some     all     401    401
GET    /api/events                  of an actor       | all   all      all    all    none    none    none     all     401    401
GET    /api/events                  of a trade        | all   all      all    all    422     422     422      all     401    401
GET    /api/events                  of a shipment     | all   all      all    all    all     422     422      all     401    401
POST   /api/events                                    | yes   yes      yes    yes    yes     yes     yes      401     401    401
GET    /api/updates/real-time                         | yes   yes      yes    yes    yes     yes     yes      yes     401    401
GET    /api/updates/real-time       of a trade        | yes   yes      yes    yes    yes     yes     yes      yes     401    401
GET    /api/updates/real-time       of levels         | yes   yes      yes    403    403     403     403      yes     401    401
POST   /api/stream-tokens                             | yes   yes      yes    yes    yes     yes     yes      401     401    401

GET    /api/webhooks                                  | all   none     none   some   none    none    none     401     401    401
POST   /api/webhooks                                  | yes   yes      yes    yes    yes     yes     yes      401     401    401
GET    /api/webhooks/{webhookId}                      | yes   404      404    yes    404     404     404      401     401    401
PATCH  /api/webhooks/{webhookId}                      | yes   404      404    yes    404     404     404      401     401    401
DELETE /api/webhooks/{webhookId}                      | yes   404      404    yes    404     404     404      401     401    401
GET    /api/webhooks/{webhookId}/deliveries           | yes   404      404    yes    404     404     404      401     401    401
POST   /api/webhooks/{webhookId}/replay      from     | yes   404      404    yes    404     404     404      401     401    401
POST   /api/webhooks/{webhookId}/replay      an event | yes   404      404    yes    404     404     404      401     401    401
POST   /api/webhooks/{webhookId}/replay      unseen   | 422   404      404    422    404     404     404      401     401    401
POST   /api/webhooks/{webhookId}/secrets              | yes   404      404    yes    404     404     404      401     401    401
POST   /api/webhooks/{webhookId}/test                 | yes   404      404    yes    404     404     404      401     401    401

GET    /api/keys                                      | yes   403      403    403    403     403     403      403     401    401
POST   /api/keys                                      | yes   403      403    403    403     403     403      401     401    401
POST   /api/keys/{keyId}/rotate                       | yes   403      403    403    403     403     403      401     401    401
DELETE /api/keys/{keyId}                              | yes   403      403    403    403     403     403      401     401    401
GET    /api/whoami                                    | yes   yes      yes    yes    yes     yes     yes      yes     401    401
POST   /api/session                                   | yes   yes      yes    yes    yes     yes     yes      401     401    401
DELETE /api/session                                   | yes   yes      yes    yes    yes     yes     yes      yes     yes    yes

GET    /api/network                                   | all   all      all    part   part    part    part     all     401    401
GET    /api/audit                                     | all   all      all    403    403     403     403      all     401    401
GET    /api/analytics/summary                         | all   all      all    part   part    part    part     all     401    401
GET    /api/analytics/series        of trades         | all   all      all    all    all     all     all      all     401    401
GET    /api/analytics/series        of cargo          | all   all      all    403    403     403     403      all     401    401
GET    /api/analytics/prices                          | all   all      all    all    all     all     all      all     401    401
GET    /api/analytics/rankings      of commodities    | all   all      all    part   part    part    part     all     401    401
GET    /api/analytics/rankings      of traders        | all   all      all    some   none    none    none     all     401    401
GET    /api/analytics/rankings      of lanes          | all   all      all    403    403     403     403      all     401    401
GET    /api/analytics/rankings      of delays         | all   all      all    403    403     403     403      all     401    401
GET    /api/analytics/lanes                           | all   all      all    403    403     403     403      all     401    401
GET    /api/routes                                    | all   all      all    all    all     all     all      all     401    401

GET    /livez                                         | yes   yes      yes    yes    yes     yes     yes      yes     yes    yes
GET    /readyz                                        | yes   yes      yes    yes    yes     yes     yes      yes     yes    yes
GET    /metrics                                       | yes   yes      yes    403    403     403     403      yes     401    401
GET    /openapi.json                                  | all   all      all    all    all     all     all      all     all    all
";

/// The table's lines.
pub(super) fn rules() -> Vec<Rule> {
    let mut lines = TABLE.lines().filter(|line| !line.trim().is_empty());
    let head: Vec<_> = lines.next().unwrap().split_whitespace().collect();
    assert_eq!(head, By::ALL.map(By::word), "the table's columns");
    lines.map(rule).collect()
}

fn rule(line: &'static str) -> Rule {
    let (asked, gets) = line.split_once('|').unwrap_or_else(|| panic!("no bar in {line}"));
    let mut words = asked.split_whitespace();
    let (method, path) = (words.next().unwrap(), words.next().unwrap());
    // One space between them, as in the document's own order; the table has more.
    let operation: &'static str = Box::leak(format!("{method} {path}").into_boxed_str());
    let rest = asked.split_once(path).unwrap().1;
    let gets: Vec<_> = gets.split_whitespace().collect();
    let gets = gets.try_into().unwrap_or_else(|_| panic!("too few or too many in {line}"));
    Rule { operation, case: rest.trim(), gets }
}
