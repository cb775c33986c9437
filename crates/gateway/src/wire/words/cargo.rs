//! The words of cargo beside its statuses and reports.

use std::borrow::Cow;

use domain::{DelayCode, LossCause};
use serde::{Serialize, Serializer};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::wire::scalar::{TextScalar, component, read_from_text};

words! {
    /// What holds a shipment up.
    DelayCodeWord(DelayCode) as "DelayCode": "the code of a delay" {
        DelayCode::Congestion => "congestion",
        DelayCode::Weather => "weather",
        DelayCode::Mechanical => "mechanical",
        DelayCode::Customs => "customs",
        DelayCode::Security => "security",
        DelayCode::Crew => "crew",
        DelayCode::Loading => "loading",
        DelayCode::Other => "other",
    }
}

words! {
    /// How goods were lost.
    LossWord(LossCause) as "LossCause": "lost or stolen" {
        LossCause::Lost => "lost",
        LossCause::Stolen => "stolen",
    }
}
