//! Compares JSON with a schema of the `OpenAPI` document and finds all that is wrong.
//!
//! Of JSON Schema it knows the keywords that our own types make, and a test holds that the document
//! has no others in request bodies. Formats are checked by the functions that read them.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{Fault, Flaw, Tree};
use crate::wire::{Name, OfferName, ShipmentName, TextScalar, Time, TradeName, Words};

/// The schemas of the document, by name.
#[derive(Debug)]
pub(crate) struct Schemas(Map<String, Value>);

impl Schemas {
    /// The `components/schemas` of an `OpenAPI` document.
    pub(crate) fn of_document(document: &Value) -> Self {
        let schemas = document.pointer("/components/schemas").and_then(Value::as_object);
        Self(schemas.cloned().unwrap_or_default())
    }

    /// What keeps the value from being one of the schema of this name: the first `most` faults.
    pub(crate) fn faults(&self, name: &str, value: &Tree<'_>, most: usize) -> Vec<Fault> {
        let mut walk = Walk { schemas: &self.0, pointer: String::new(), faults: Vec::new(), most };
        if let Some(schema) = self.0.get(name) {
            walk.check(schema, value);
        }
        walk.faults
    }
}

struct Walk<'s> {
    schemas: &'s Map<String, Value>,
    /// Where the value is.
    pointer: String,
    faults: Vec<Fault>,
    /// How many faults are wanted.
    most: usize,
}

impl<'s> Walk<'s> {
    fn fault(&mut self, flaw: Flaw, detail: impl Into<Cow<'static, str>>) {
        if !self.is_full() {
            self.faults.push(Fault::new(self.pointer.clone(), flaw, detail));
        }
    }

    fn is_full(&self) -> bool {
        self.faults.len() >= self.most
    }

    /// Does something one level below.
    fn below(&mut self, token: &str, act: impl FnOnce(&mut Self)) {
        let length = self.pointer.len();
        self.pointer.push('/');
        self.pointer.push_str(&token.replace('~', "~0").replace('/', "~1"));
        act(self);
        self.pointer.truncate(length);
    }

    fn resolve(&self, schema: &'s Value) -> &'s Value {
        let named = schema.get("$ref").and_then(Value::as_str);
        let name = named.and_then(|path| path.strip_prefix("#/components/schemas/"));
        name.and_then(|name| self.schemas.get(name)).unwrap_or(schema)
    }

    fn check(&mut self, schema: &'s Value, value: &Tree<'_>) {
        let schema = self.resolve(schema);
        if let Some(variants) = schema.get("oneOf").and_then(Value::as_array) {
            return self.check_nullable(variants, value);
        }
        if !self.check_type(schema, value) {
            return;
        }
        match value {
            Tree::Object(fields) => self.check_object(schema, fields),
            Tree::Array(items) => self.check_array(schema, items),
            Tree::Text(text) => self.check_text(schema, text),
            #[expect(clippy::cast_precision_loss, reason = "only compared with bounds")]
            Tree::Whole(number) => self.check_number(schema, *number as f64),
            Tree::Fraction(number) => self.check_number(schema, *number),
            Tree::Null | Tree::Bool => {}
        }
    }

    /// `oneOf` stands for "this or null" alone.
    fn check_nullable(&mut self, variants: &'s [Value], value: &Tree<'_>) {
        if *value == Tree::Null {
            return;
        }
        let is_null = |variant: &&Value| variant.get("type") == Some(&Value::from("null"));
        if let Some(variant) = variants.iter().find(|variant| !is_null(variant)) {
            self.check(variant, value);
        }
    }

    fn check_type(&mut self, schema: &Value, value: &Tree<'_>) -> bool {
        let wanted: Vec<&str> = match schema.get("type") {
            Some(Value::String(wanted)) => vec![wanted],
            Some(Value::Array(wanted)) => wanted.iter().filter_map(Value::as_str).collect(),
            _ => return true,
        };
        let fits = |wanted: &&str| match value {
            Tree::Null => *wanted == "null",
            Tree::Bool => *wanted == "boolean",
            // Beyond 64 bits serde_json reads integers as fractions, too; they are out of range.
            Tree::Whole(_) => matches!(*wanted, "integer" | "number"),
            Tree::Fraction(number) => {
                *wanted == "number" || (*wanted == "integer" && number.abs() >= TWO_TO_THE_63)
            }
            Tree::Text(_) => *wanted == "string",
            Tree::Array(_) => *wanted == "array",
            Tree::Object(_) => *wanted == "object",
        };
        if wanted.iter().any(fits) {
            return true;
        }
        let wanted = wanted.first().copied().unwrap_or_default();
        let article = if wanted.starts_with(['a', 'i', 'o']) { "an" } else { "a" };
        let detail = format!("must be {article} {wanted}, is {}", value.kind());
        self.fault(Flaw::WrongType, detail);
        false
    }

    fn check_object(&mut self, schema: &'s Value, fields: &[(Cow<'_, str>, Tree<'_>)]) {
        // Too many are not looked at one by one.
        if let Some(most) = number(schema, "maxProperties")
            && count(fields.len()) > most
        {
            return self.fault(Flaw::OutOfRange, format!("must have at most {most} entries"));
        }
        let properties = schema.get("properties").and_then(Value::as_object);
        let additional = schema.get("additionalProperties");
        let mut names = BTreeSet::new();
        for (name, value) in fields {
            let is_repeated = !names.insert(&**name);
            let known = properties.and_then(|properties| properties.get(&**name));
            self.below(name, |walk| match (known, additional) {
                _ if is_repeated => {
                    walk.fault(Flaw::DuplicateField, "the field is given more than once");
                }
                (Some(schema), _) => walk.check(schema, value),
                (None, Some(Value::Bool(false))) => {
                    walk.fault(Flaw::UnknownField, "there is no such field");
                }
                (None, Some(schema)) => walk.check_entry(schema, name, value),
                (None, None) => {}
            });
            if self.is_full() {
                return;
            }
        }
        self.check_required(schema, &names);
        self.check_any_of(schema, &names);
    }

    fn check_required(&mut self, schema: &'s Value, names: &BTreeSet<&str>) {
        for name in required(schema).filter(|name| !names.contains(name)) {
            self.below(name, |walk| walk.fault(Flaw::MissingField, "the field is required"));
        }
    }

    /// `anyOf` stands for fields that go together alone: one of the sets must be there. If none is,
    /// the one that was begun is asked for, else the first.
    fn check_any_of(&mut self, schema: &'s Value, names: &BTreeSet<&str>) {
        let sets = schema.get("anyOf").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let is_whole = |set: &&Value| required(set).all(|name| names.contains(name));
        let is_begun = |set: &&Value| required(set).any(|name| names.contains(name));
        if sets.iter().any(|set| is_whole(&set)) {
            return;
        }
        if let Some(set) = sets.iter().find(is_begun).or(sets.first()) {
            self.check_required(set, names);
        }
    }

    /// An entry of a map: its name is under the same rule as its value.
    fn check_entry(&mut self, schema: &'s Value, name: &str, value: &Tree<'_>) {
        let before = self.faults.len();
        self.check(schema, &Tree::Text(name.into()));
        if self.faults.len() == before {
            self.check(schema, value);
        }
    }

    fn check_array(&mut self, schema: &'s Value, items: &[Tree<'_>]) {
        let count = count(items.len());
        let least = number(schema, "minItems").unwrap_or(0.0);
        let most = number(schema, "maxItems").unwrap_or(f64::INFINITY);
        if !(least..=most).contains(&count) {
            let detail = format!("must have {least} to {most} lines, has {count}");
            self.fault(Flaw::LineCount, detail);
        }
        let Some(schema) = schema.get("items") else {
            return;
        };
        for (at, item) in items.iter().enumerate() {
            self.below(&at.to_string(), |walk| walk.check(schema, item));
            if self.is_full() {
                return;
            }
        }
    }

    fn check_number(&mut self, schema: &Value, value: f64) {
        let least = number(schema, "minimum").unwrap_or(f64::NEG_INFINITY);
        let most = number(schema, "maximum").unwrap_or(f64::INFINITY);
        if !(least..=most).contains(&value) {
            self.fault(Flaw::OutOfRange, format!("must be from {least} to {most}"));
        } else if schema.get("format") == Some(&Value::from("light-years"))
            && crate::wire::Coordinate::read(value).is_none()
        {
            self.fault(Flaw::OutOfRange, "must have at most three decimals");
        }
    }

    fn check_text(&mut self, schema: &Value, text: &str) {
        if let Some(words) = schema.get("enum").and_then(Value::as_array)
            && !words.iter().any(|word| word == text)
        {
            let words: Vec<_> = words.iter().filter_map(Value::as_str).collect();
            self.fault(Flaw::InvalidValue, format!("must be one of: {}", words.join(", ")));
        }
        let read = match schema.get("format").and_then(Value::as_str) {
            Some("identifier") => wrong::<Name>(text, Flaw::InvalidIdentifier),
            Some("text") => wrong::<Words>(text, Flaw::InvalidText),
            Some("date-time") => wrong::<Time>(text, Flaw::InvalidTime),
            Some("offer-id") => wrong::<OfferName>(text, Flaw::InvalidIdentifier),
            Some("shipment-id") => wrong::<ShipmentName>(text, Flaw::InvalidIdentifier),
            Some("trade-id") => wrong::<TradeName>(text, Flaw::InvalidIdentifier),
            _ => None,
        };
        if let Some((flaw, what)) = read {
            self.fault(flaw, format!("must be {what}"));
        }
    }
}

/// Where integers end that `serde_json` reads as integers, below zero; above, they end at twice this.
const TWO_TO_THE_63: f64 = 9_223_372_036_854_775_808.0;

#[expect(clippy::cast_precision_loss, reason = "bodies are small")]
fn count(of: usize) -> f64 {
    of as f64
}

/// The fields that an object of this schema must have.
fn required(schema: &Value) -> impl Iterator<Item = &str> {
    let required = schema.get("required").and_then(Value::as_array);
    required.into_iter().flatten().filter_map(Value::as_str)
}

fn number(schema: &Value, keyword: &str) -> Option<f64> {
    schema.get(keyword).and_then(Value::as_f64)
}

fn wrong<T: TextScalar>(text: &str, flaw: Flaw) -> Option<(Flaw, &'static str)> {
    T::read(text).is_none().then_some((flaw, T::WHAT))
}
