//! Stored values with a type: kinds as texts, structures as JSON, and rows that say where they are
//! damaged.

use std::fmt;
use std::ops::Deref;

use chrono::NaiveDateTime;
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::prelude::{Queryable, Selectable};
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;
use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};

/// A closed or open set of words that a column holds. [`kinds!`](crate::kinds) implements it.
pub trait Kind: Copy + PartialEq + fmt::Debug + Send + Sync + 'static {
    /// Every member of the set.
    const ALL: &'static [Self];

    /// The text in the database.
    fn text(self) -> &'static str;

    /// The member that has this text.
    fn from_text(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.text() == text)
    }
}

/// Gives enums their text in the database. A variant without a text does not compile.
#[macro_export]
macro_rules! kinds {
    ($($kind:ident { $($variant:ident = $text:literal),+ $(,)? })+) => {$(
        impl $crate::platform::stored::Kind for $kind {
            const ALL: &'static [Self] = &[$($kind::$variant),+];

            fn text(self) -> &'static str {
                match self {
                    $($kind::$variant => $text,)+
                }
            }
        }
    )+};
}

/// A column that holds a [`Kind`]. Only a [`row!`](crate::row) can read it, since only a row knows
/// where it stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, AsExpression)]
#[diesel(sql_type = Text)]
pub struct Stored<T>(pub T);

impl<T> From<T> for Stored<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T> Deref for Stored<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: PartialEq> PartialEq<T> for Stored<T> {
    fn eq(&self, other: &T) -> bool {
        self.0 == *other
    }
}

impl<T: Kind> Serialize for Stored<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.text())
    }
}

impl<T: Kind, DB: Backend> ToSql<Text, DB> for Stored<T>
where
    str: ToSql<Text, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        <str as ToSql<Text, DB>>::to_sql(self.0.text(), out)
    }
}

/// A column that holds JSON. What it is written as is made once, with the value.
#[derive(Clone, Debug, PartialEq, Eq, Hash, AsExpression)]
#[diesel(sql_type = Text)]
pub struct Json<T> {
    value: T,
    text: String,
}

impl<T> Json<T> {
    /// The value itself.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// The text in the database.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl<T: Serialize> From<T> for Json<T> {
    fn from(value: T) -> Self {
        // Lists, maps with texts as keys, and structures of both: nothing here can fail.
        let text = serde_json::to_string(&value)
            .unwrap_or_else(|error| unreachable!("a stored value is no JSON: {error}"));
        Self { value, text }
    }
}

impl<T: Serialize + Default> Default for Json<T> {
    fn default() -> Self {
        Self::from(T::default())
    }
}

impl<T> Deref for Json<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> Serialize for Json<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<T: fmt::Debug, DB: Backend> ToSql<Text, DB> for Json<T>
where
    str: ToSql<Text, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        <str as ToSql<Text, DB>>::to_sql(&self.text, out)
    }
}

/// A stored value that is none of ours. What it is stays out of the message: it may be anything.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{table}.{column} of {id} cannot be read")]
pub struct Damaged {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The row.
    pub id: String,
}

/// The value of a column is none of ours.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("a stored value cannot be read")]
pub struct Unreadable;

/// What the field of a [`row!`](crate::row) is read from.
pub trait Column: Sized {
    /// What the database gives.
    type Raw;

    /// The value, or that it is none of ours.
    ///
    /// # Errors
    /// When the database holds something else.
    fn read(raw: Self::Raw) -> Result<Self, Unreadable>;
}

/// A text that may be a [`Kind`] or JSON, before anybody knows where it stands.
#[derive(Clone, Copy, Debug, FromSqlRow)]
pub struct Raw<T>(Result<T, Unreadable>);

impl<T: Kind, DB: Backend> FromSql<Text, DB> for Raw<Stored<T>>
where
    String: FromSql<Text, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        let text = String::from_sql(bytes)?;
        Ok(Self(T::from_text(&text).map(Stored).ok_or(Unreadable)))
    }
}

impl<T: DeserializeOwned, DB: Backend> FromSql<Text, DB> for Raw<Json<T>>
where
    String: FromSql<Text, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        let text = String::from_sql(bytes)?;
        let value = serde_json::from_str(&text).map_err(|_| Unreadable);
        Ok(Self(value.map(|value| Json { value, text })))
    }
}

impl<T: Kind> Column for Stored<T> {
    type Raw = Raw<Self>;

    fn read(raw: Self::Raw) -> Result<Self, Unreadable> {
        raw.0
    }
}

impl<T> Column for Json<T> {
    type Raw = Raw<Self>;

    fn read(raw: Self::Raw) -> Result<Self, Unreadable> {
        raw.0
    }
}

impl<C: Column> Column for Option<C> {
    type Raw = Option<C::Raw>;

    fn read(raw: Self::Raw) -> Result<Self, Unreadable> {
        raw.map(C::read).transpose()
    }
}

macro_rules! as_they_are {
    ($($type:ty)+) => {$(
        impl Column for $type {
            type Raw = Self;

            fn read(raw: Self) -> Result<Self, Unreadable> {
                Ok(raw)
            }
        }
    )+};
}

as_they_are!(String bool NaiveDateTime Vec<u8>);

macro_rules! never_negative {
    ($($type:ty)+) => {$(
        impl Column for $type {
            type Raw = Self;

            fn read(raw: Self) -> Result<Self, Unreadable> {
                if raw < 0 { Err(Unreadable) } else { Ok(raw) }
            }
        }
    )+};
}

// Versions, counts, sizes, lengths: nothing that we store is negative.
never_negative!(i32 i64);

/// A row that may be damaged: for those who serve many owners at once, whom one damaged row must
/// not keep from the others.
#[derive(Clone, Debug)]
pub struct Checked<T>(Result<T, Damaged>);

impl<T> Checked<T> {
    /// The row, or where it is damaged, with a line in the log.
    ///
    /// # Errors
    /// When the row is damaged.
    pub fn read(self) -> Result<T, Damaged> {
        self.0.inspect_err(|Damaged { table, column, id }| {
            tracing::error!(table, column, id, "a stored row cannot be read and is passed over");
        })
    }

    /// The row; nothing, with a line in the log, where it is damaged.
    pub fn ok(self) -> Option<T> {
        self.read().ok()
    }
}

impl<T: Selectable<DB>, DB: Backend> Selectable<DB> for Checked<T> {
    type SelectExpression = T::SelectExpression;

    fn construct_selection() -> Self::SelectExpression {
        T::construct_selection()
    }
}

impl<ST, DB: Backend, T: Queryable<ST, DB>> Queryable<ST, DB> for Checked<T> {
    type Row = T::Row;

    fn build(row: Self::Row) -> deserialize::Result<Self> {
        match T::build(row) {
            Ok(row) => Ok(Self(Ok(row))),
            Err(error) => Ok(Self(Err(*error.downcast::<Damaged>()?))),
        }
    }
}

/// Declares what is read from a table as one: a column that cannot be read is an error that names
/// the table, the column and, by its column `key`, the row ([`Damaged`]).
#[macro_export]
macro_rules! row {
    (
        $table:ident by $key:ident
        $(#[$meta:meta])*
        $vis:vis struct $name:ident {
            $($(#[$field_meta:meta])* $field_vis:vis $field:ident: $type:ty,)+
        }
    ) => {
        $(#[$meta])*
        #[derive(diesel::Selectable)]
        #[diesel(table_name = $table)]
        $vis struct $name {
            $($(#[$field_meta])* $field_vis $field: $type,)+
        }

        impl<ST, DB> diesel::deserialize::Queryable<ST, DB> for $name
        where
            DB: diesel::backend::Backend,
            ($(<$type as $crate::platform::stored::Column>::Raw,)+):
                diesel::deserialize::FromStaticSqlRow<ST, DB>,
        {
            type Row = ($(<$type as $crate::platform::stored::Column>::Raw,)+);

            fn build(($($field,)+): Self::Row) -> diesel::deserialize::Result<Self> {
                use $crate::platform::stored::{Column, Damaged};
                $(let $field = <$type as Column>::read($field);)+
                $(if $field.is_err() {
                    let (table, column) = (stringify!($table), stringify!($field));
                    let id = $key.map(|id| id.to_string())?;
                    return Err(Box::new(Damaged { table, column, id }));
                })+
                Ok(Self { $($field: $field?,)+ })
            }
        }
    };
}
