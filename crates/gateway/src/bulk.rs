//! Bulk: lines of NDJSON, each a command of its own. The body is read whole, all lines are parsed,
//! decided in one piece and answered in order.

mod line;
mod parse;
mod results;

pub(crate) use line::BulkLine;
pub(crate) use parse::{Parsed, count_lines, parse, too_many_lines};
pub(crate) use results::{Asked, Show, results};
