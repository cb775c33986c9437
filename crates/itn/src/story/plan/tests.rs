//! The plan keeps what the rules of shipments and alerts ask, for any cast.

use super::super::cast::tests::{places, scene};
use super::*;
use crate::galaxy::Scale;

const HOUR: Minutes = 60;
/// The rules that every network starts with (docs/alerts.md).
const LATE_AFTER: Minutes = 15;
const SILENT_AFTER: Minutes = 24 * HOUR;

fn plans() -> impl Iterator<Item = (Cast, Supply, Vec<Step>)> {
    let places = places(Scale::Standard, 7);
    (1..=30).map(move |run| {
        let (cast, supply) = scene(&places, 7, run);
        let steps = steps(&cast, supply);
        (cast, supply, steps)
    })
}

fn time_of(steps: &[Step], act: impl Fn(&Act) -> bool) -> Minutes {
    steps.iter().find(|step| act(&step.act)).unwrap().at
}

#[test]
fn each_beat_is_told_once_in_its_order_within_a_run() {
    for (_, _, steps) in plans() {
        let told: Vec<Beat> =
            steps.iter().filter(|step| step.tells).map(|step| step.beat).collect();
        let order = [
            Beat::Calm,
            Beat::Storm,
            Beat::Low,
            Beat::Out,
            Beat::Bid,
            Beat::Turn,
            Beat::Received,
            Beat::Filled,
            Beat::Over,
            Beat::Audit,
        ];
        assert_eq!(told, order);
        assert!(steps.windows(2).all(|pair| pair[0].at <= pair[1].at));
        assert!(steps.last().is_some_and(|step| step.at < RUN));
    }
}

#[test]
fn shipments_live_by_the_table_and_are_heard_of() {
    for (cast, _, steps) in plans() {
        for number in 0..cast.voyages.len() {
            let mut life = String::new();
            let mut heard = None;
            for step in &steps {
                let word = match step.act {
                    Act::Book(voyage) if voyage == number => "b",
                    Act::Load(voyage) if voyage == number => "l",
                    Act::Depart(voyage) if voyage == number => "d",
                    Act::Estimate(voyage, _) | Act::Report(voyage, _) if voyage == number => "p",
                    Act::Return(voyage) if voyage == number => "t",
                    Act::Arrive(voyage) if voyage == number => "a",
                    Act::Receive(voyage) if voyage == number => "r",
                    _ => continue,
                };
                life += word;
                if let Some(before) = heard {
                    assert!(step.at - before < SILENT_AFTER, "{life}");
                }
                heard = Some(step.at);
            }
            let way = life.trim_start_matches('b').trim_start_matches('l');
            let ended =
                if number == OUTBOUND { way.strip_suffix('t') } else { way.strip_suffix("ar") };
            let way = ended.and_then(|way| way.strip_prefix('d')).unwrap_or("?");
            assert!(!way.is_empty() && way.chars().all(|report| report == 'p'), "{life}");
        }
    }
}

#[test]
fn given_the_times_alerts_fire_by_their_rules() {
    for (cast, supply, steps) in plans() {
        // The late ones are late enough to be told, and told before their time.
        for (number, voyage) in (0..).zip(&cast.voyages[..HELD_UP]) {
            for step in &steps {
                if let Act::Estimate(of, arrives) = step.act
                    && of == number
                {
                    assert!(arrives >= voyage.due + LATE_AFTER && step.at < voyage.due);
                }
            }
        }
        let is_of =
            |number: usize| move |act: &Act| matches!(act, Act::Estimate(of, _) if *of == number);
        let low = supply.low_at();
        assert!((0..HELD_UP).all(|number| time_of(&steps, is_of(number)) < low));
        // The awaited ship comes when the relief has come; the station has run out before both.
        let came = |number: usize| time_of(&steps, |act| *act == Act::Receive(number));
        let out = time_of(&steps, |act| *act == Act::Draw(0));
        assert_eq!(out, supply.out_at());
        assert!(out < came(DIVERTED) && came(DIVERTED) < came(AWAITED));
        // What is sold clears the alert.
        assert!(cast.voyages[DIVERTED].quantity >= supply.clear);
    }
}

#[test]
fn the_bids_climb_and_the_trader_turns_after_the_last() {
    for (cast, _, steps) in plans() {
        let bids = steps.iter().filter_map(|step| match step.act {
            Act::Bid(price) => Some(price),
            _ => None,
        });
        assert_eq!(bids.collect::<Vec<_>>(), cast.bids);
        let turn = steps.iter().find(|step| step.tells && step.beat == Beat::Turn).unwrap();
        let bid = steps.iter().find(|step| step.tells && step.beat == Beat::Bid).unwrap();
        assert!(bid.at < turn.at);
        // It comes back as it went: farther until it turns, then nearer.
        let away = |steps: &[Step]| {
            let parts = steps.iter().filter_map(|step| match step.act {
                Act::Report(OUTBOUND, part) => Some(part),
                _ => None,
            });
            parts.collect::<Vec<f64>>()
        };
        let way = away(&steps);
        let mut back = way.clone();
        back.reverse();
        assert_eq!(way, back);
        assert!(way[0] > 0.0 && way[0] < way[1] && way[1] < way[2] && way[2] < 0.5, "{way:?}");
    }
}
