//! Reading a body: fast when it is well, thorough when it is not.

use serde::Deserialize;
use utoipa::ToSchema;

use super::{Fault, Flaw, Schemas, Tree};
use crate::limits::FAULTS_MAX;
use crate::wire::Object;

/// Why a body could not be read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum BadBody {
    /// It is not JSON; in words.
    Malformed(String),
    /// It is JSON of another shape; never none.
    Shape(Vec<Fault>),
}

/// Reads a body of type `T`, which must be one JSON object.
pub(crate) fn read<'a, T: Deserialize<'a> + ToSchema>(
    bytes: &'a [u8],
    schemas: &Schemas,
) -> Result<T, BadBody> {
    match serde_json::from_slice::<Object<T>>(bytes) {
        Ok(Object(body)) => Ok(body),
        Err(error) => Err(explain::<T>(bytes, &error, schemas)),
    }
}

#[cold]
fn explain<T: ToSchema>(bytes: &[u8], refusal: &serde_json::Error, schemas: &Schemas) -> BadBody {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return BadBody::Malformed("the body is empty; a JSON object is wanted".to_owned());
    }
    let tree: Tree<'_> = match serde_json::from_slice(bytes) {
        Ok(tree) => tree,
        Err(error) => return BadBody::Malformed(format!("the body is not JSON: {error}")),
    };
    let faults = schemas.faults(&T::name(), &tree, FAULTS_MAX);
    if faults.is_empty() {
        // A test holds that this does not happen; a client still gets an answer if it does.
        return BadBody::Shape(vec![Fault::new(String::new(), Flaw::Other, refusal.to_string())]);
    }
    BadBody::Shape(faults)
}
