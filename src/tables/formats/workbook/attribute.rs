//! What an attribute of a workbook's XML says.

use std::borrow::Cow;

use quick_xml::{
    XmlVersion,
    events::attributes::{AttrError, Attribute},
};

use super::super::super::ReadError;

/// The value of an attribute that was looked for in the file `name`, which is a `what`.
pub(super) fn value(
    found: Result<Option<Attribute<'_>>, AttrError>,
    name: &str,
    what: &'static str,
) -> Result<Option<String>, ReadError> {
    let found = found.map_err(|error| ReadError::damaged(name, what, error))?;
    let value = found.map(|found| found.normalized_value(XmlVersion::Implicit1_0)).transpose();
    value.map(|value| value.map(Cow::into_owned)).map_err(|error| ReadError::damaged(name, what, error))
}
