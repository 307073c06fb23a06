//! Columns that hold settings, by their names.

use api_types::FieldValue;
use chrono::{DateTime, NaiveDateTime, SecondsFormat, SubsecRound};

use crate::{Kind, Stored};

/// A type of columns, as the change log and requests write its values.
pub trait Column: Sized {
    /// The value of the column.
    fn value(&self) -> FieldValue;

    /// The column of a value; `None` for a value of another type.
    fn of(value: &FieldValue) -> Option<Self>;
}

impl Column for String {
    fn value(&self) -> FieldValue {
        FieldValue::Text(self.clone())
    }

    fn of(value: &FieldValue) -> Option<Self> {
        if let FieldValue::Text(text) = value { Some(text.clone()) } else { None }
    }
}

impl Column for i32 {
    fn value(&self) -> FieldValue {
        FieldValue::Integer((*self).into())
    }

    fn of(value: &FieldValue) -> Option<Self> {
        if let FieldValue::Integer(count) = value { (*count).try_into().ok() } else { None }
    }
}

impl Column for bool {
    fn value(&self) -> FieldValue {
        FieldValue::Bool(*self)
    }

    fn of(value: &FieldValue) -> Option<Self> {
        if let FieldValue::Bool(on) = value { Some(*on) } else { None }
    }
}

impl Column for NaiveDateTime {
    fn value(&self) -> FieldValue {
        let at = self.and_utc();
        FieldValue::Text(at.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }

    fn of(value: &FieldValue) -> Option<Self> {
        let FieldValue::Text(text) = value else { return None };
        let at = DateTime::parse_from_rfc3339(text).ok()?;
        // To the second, which is what switches compare.
        Some(at.naive_utc().trunc_subsecs(0))
    }
}

impl<T: Kind> Column for Stored<T> {
    fn value(&self) -> FieldValue {
        FieldValue::Text(self.text().to_owned())
    }

    fn of(value: &FieldValue) -> Option<Self> {
        if let FieldValue::Text(text) = value { T::from_text(text).map(Self) } else { None }
    }
}

impl<T: Column> Column for Option<T> {
    fn value(&self) -> FieldValue {
        self.as_ref().map_or(FieldValue::Null(()), T::value)
    }

    fn of(value: &FieldValue) -> Option<Self> {
        match value {
            FieldValue::Null(()) => Some(None),
            value => T::of(value).map(Some),
        }
    }
}

/// Gives a `Row` and its `Changes` the columns that can be changed, by their names.
macro_rules! columns {
    ($($name:ident),+ $(,)?) => {
        impl Row {
            /// The values of the columns that can be changed.
            pub fn values(&self) -> api_types::FieldValues {
                use $crate::numbers::column::Column as _;
                api_types::FieldValues::from([
                    $((stringify!($name).to_owned(), self.$name.value())),+
                ])
            }
        }

        impl Changes {
            /// The row as it will be.
            pub fn apply_to(&self, row: &mut Row) {
                $(if let Some(value) = &self.$name {
                    row.$name.clone_from(value);
                })+
            }

            /// Changes the column of this name; `None` where there is none, or where it holds
            /// values of another type.
            #[must_use]
            pub fn set(&mut self, name: &str, value: &api_types::FieldValue) -> Option<()> {
                match name {
                    $(stringify!($name) => {
                        self.$name = Some($crate::numbers::column::Column::of(value)?)
                    })+
                    _ => return None,
                }
                Some(())
            }
        }
    };
}

pub(crate) use columns;
