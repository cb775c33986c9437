//! Loss, theft and what is found again: goods that leave the way and come back to it.

use domain::{
    BookingLine, GoodsLine, Lines, Loss, LossCause, Quantity, Rejection, Shipment, ShipmentChange,
    ShipmentLine, Text,
};

use super::lines_of;
use crate::state::State;

/// All that is outstanding, or the lines that are named, is written off.
pub(super) fn lose(
    state: &State,
    shipment: &Shipment,
    reason: Option<Text>,
    loss: Option<&Loss>,
) -> Result<ShipmentChange, Rejection> {
    let cause = loss.map_or(LossCause::Lost, |loss| loss.cause);
    let lines = match loss.and_then(|loss| loss.lines.as_ref()) {
        None => shipment.outstanding(),
        Some(wanted) => {
            let lines = resolve(state, shipment, wanted)?;
            bounded(&lines, ShipmentLine::outstanding)?
        }
    };
    Ok(ShipmentChange::Lost { lines, cause, reason })
}

/// All that was written off, or the lines that are named, is outstanding again.
pub(super) fn find(
    state: &State,
    shipment: &Shipment,
    reason: Option<Text>,
    wanted: Option<&Lines<BookingLine>>,
) -> Result<ShipmentChange, Rejection> {
    let sourced = |line: Option<usize>, goods: GoodsLine| {
        let sum = state.sourced(goods.commodity).checked_add(goods.quantity);
        sum.map(|_| ()).ok_or(Rejection::AmountOverflow { line })
    };
    let lines = match wanted {
        None => {
            let all = shipment
                .lines
                .iter()
                .map(|line| GoodsLine { commodity: line.commodity, quantity: line.written_off });
            let all = all.filter(|line| !line.quantity.is_zero()).collect::<Box<[_]>>();
            all.iter().try_for_each(|goods| sourced(None, *goods))?;
            all
        }
        Some(wanted) => {
            let lines = resolve(state, shipment, wanted)?;
            let named = lines.iter().enumerate();
            named.into_iter().try_for_each(|(line, (goods, _))| sourced(Some(line), *goods))?;
            bounded(&lines, |line| line.written_off)?
        }
    };
    Ok(ShipmentChange::Found { lines, reason })
}

fn resolve<'a>(
    state: &State,
    shipment: &'a Shipment,
    wanted: &Lines<BookingLine>,
) -> Result<Vec<(GoodsLine, &'a ShipmentLine)>, Rejection> {
    let lines = lines_of(state, shipment, wanted.iter(), |line| &line.commodity)?;
    let line = |(wanted, shipped): (&BookingLine, &'a ShipmentLine)| {
        (GoodsLine { commodity: shipped.commodity, quantity: wanted.quantity }, shipped)
    };
    Ok(lines.into_iter().map(line).collect())
}

/// The lines, if none is of more than its bound.
fn bounded(
    lines: &[(GoodsLine, &ShipmentLine)],
    bound: impl Fn(&ShipmentLine) -> Quantity,
) -> Result<Box<[GoodsLine]>, Rejection> {
    for (line, (goods, shipped)) in lines.iter().enumerate() {
        let outstanding = bound(shipped);
        if goods.quantity > outstanding {
            let (commodity, received) = (goods.commodity, goods.quantity);
            return Err(Rejection::OverReceipt { commodity, line, outstanding, received });
        }
    }
    Ok(lines.iter().map(|(goods, _)| *goods).collect())
}
