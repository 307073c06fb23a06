//! What is wrong with the fields of a page: what the shared validators say while one types, and what
//! the server says.

use api_types::{FieldCode, FieldFault, field_faults};
use validator::Validate;

use super::draft::Draft;
use super::values::Name;
use crate::t;

/// How the fields of a page are checked.
pub struct Checks {
    /// What the shared validators say of the changed fields, by the pointers of the requests.
    pub faults: fn(&Draft) -> Vec<FieldFault>,
    /// Places in requests that have another name than their field.
    pub aliases: &'static [(&'static str, Name)],
}

impl Checks {
    /// Nothing can be wrong that the server does not say.
    pub const NONE: Self = Self { faults: |_| Vec::new(), aliases: &[] };

    /// The field that a request or the server means with this JSON pointer.
    pub fn field(&self, draft: &Draft, pointer: &str) -> Option<Name> {
        let path = pointer.strip_prefix('/')?;
        let top = path.split('/').next().unwrap_or_default();
        let alias = self.aliases.iter().find(|(place, _)| *place == top).map(|(_, name)| *name);
        let known = |wanted: &str| draft.loaded().names().find(|name| *name == wanted);
        alias.or_else(|| known(path)).or_else(|| known(top))
    }

    /// What is wrong now, by field.
    pub fn of(&self, draft: &Draft) -> Vec<(Name, FieldFault)> {
        let faults = (self.faults)(draft).into_iter();
        faults.filter_map(|fault| Some((self.field(draft, &fault.pointer)?, fault))).collect()
    }
}

/// What the shared validators say of a request.
pub fn faults_of(request: &impl Validate) -> Vec<FieldFault> {
    request.validate().err().map(|errors| field_faults(&errors)).unwrap_or_default()
}

/// What is wrong with a field, and the way out.
pub fn fault_text(fault: &FieldFault) -> String {
    let limit = fault.limit.unwrap_or_default();
    match fault.code {
        FieldCode::Required => t!(fault.required).to_string(),
        FieldCode::TooLong => t!(fault.too_long, limit = limit),
        FieldCode::TooShort => t!(fault.too_short, limit = limit),
        FieldCode::OutOfRange => t!(fault.out_of_range).to_string(),
        FieldCode::ControlCharacter => t!(fault.control_character).to_string(),
        FieldCode::NotContracted => t!(fault.not_contracted).to_string(),
        FieldCode::NotApplicable => t!(fault.not_applicable).to_string(),
        FieldCode::NotFound => t!(fault.not_found).to_string(),
        FieldCode::DoesNotRing => t!(fault.does_not_ring).to_string(),
        FieldCode::Taken => t!(fault.taken).to_string(),
        FieldCode::Mismatch => t!(fault.mismatch).to_string(),
        FieldCode::WrongPassword => t!(fault.wrong_password).to_string(),
        FieldCode::TooWeak => t!(fault.too_weak).to_string(),
        // The server's own words stand where its refusals are shown; this is only for what is found
        // while typing.
        _ => t!(fault.invalid_format).to_string(),
    }
}
