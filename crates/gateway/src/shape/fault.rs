//! One thing that is wrong with a request, and where.

use std::borrow::Cow;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// Where in the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// In the body: a JSON pointer (RFC 6901).
    Pointer(String),
    /// A parameter of the path or the query.
    Parameter(Cow<'static, str>),
    /// A header field.
    Header(&'static str),
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) place: Place,
    pub(crate) code: &'static str,
    pub(crate) detail: Cow<'static, str>,
}

/// Defines the codes of faults of shape.
macro_rules! flaws {
    ($($(#[$doc:meta])* $flaw:ident => $code:literal,)*) => {
        /// What can be wrong with a shape: a closed set of codes, never reused.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Flaw {
            $($(#[$doc])* $flaw,)*
        }

        impl Flaw {
            /// All of them, for the document.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$flaw,)*];

            /// The stable code that clients know it by.
            pub(crate) const fn code(self) -> &'static str {
                match self {
                    $(Self::$flaw => $code,)*
                }
            }
        }
    };
}

flaws! {
    /// A field that is not known, or does not go with the others.
    UnknownField => "unknown_field",
    /// A field that must be there and is not.
    MissingField => "missing_field",
    /// A field that is given twice.
    DuplicateField => "duplicate_field",
    /// Another type of JSON value, a fraction where a whole number is wanted included.
    WrongType => "wrong_type",
    /// Too small, too great, too short or too long.
    OutOfRange => "out_of_range",
    /// A word that is not of the set.
    InvalidValue => "invalid_value",
    /// Not a name that a client may choose.
    InvalidIdentifier => "invalid_identifier",
    /// Not a text for people.
    InvalidText => "invalid_text",
    /// Not a time of RFC 3339.
    InvalidTime => "invalid_time",
    /// A cursor that no answer gave.
    InvalidCursor => "invalid_cursor",
    /// Two lines name one commodity.
    DuplicateCommodity => "duplicate_commodity",
    /// Not 1 to 100 lines.
    LineCount => "line_count",
    /// Known, but not to be had yet.
    NotSupported => "not_supported",
    /// A parameter that is not known.
    UnknownParameter => "unknown_parameter",
    /// Both sides are the same.
    SameParty => "same_party",
    /// Refused in words alone.
    Other => "invalid",
}

impl Fault {
    /// A fault in the body.
    pub(crate) fn new(pointer: String, flaw: Flaw, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { place: Place::Pointer(pointer), code: flaw.code(), detail: detail.into() }
    }

    /// A fault of a parameter of the path or the query.
    pub(crate) fn parameter(
        name: impl Into<Cow<'static, str>>,
        flaw: Flaw,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { place: Place::Parameter(name.into()), code: flaw.code(), detail: detail.into() }
    }

    /// A fault of a header field.
    pub(crate) fn header(
        name: &'static str,
        flaw: Flaw,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { place: Place::Header(name), code: flaw.code(), detail: detail.into() }
    }

    /// The same fault, seen from one level above.
    pub(crate) fn under(mut self, prefix: &str) -> Self {
        if let Place::Pointer(pointer) = &mut self.place {
            pointer.insert_str(0, prefix);
        }
        self
    }
}

impl Serialize for Fault {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(3))?;
        match &self.place {
            Place::Pointer(pointer) => map.serialize_entry("pointer", pointer)?,
            Place::Parameter(name) => map.serialize_entry("parameter", name)?,
            Place::Header(name) => map.serialize_entry("header", name)?,
        }
        map.serialize_entry("code", self.code)?;
        map.serialize_entry("detail", &self.detail)?;
        map.end()
    }
}
