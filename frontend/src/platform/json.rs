//! Reads JSON: the browser parses it, and serde takes the values out of what that made.
//!
//! `serde_json` would weigh more than twice as much: it writes out for every type how it is read
//! from an array, how each name of a field is told from the others, and words for what is wrong.

use std::fmt;

use js_sys::{Array, JSON, JsString, Object, Reflect};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error, Expected, MapAccess,
    SeqAccess, Unexpected, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use wasm_bindgen::{JsCast, JsValue};

/// What a text says, if it is JSON and says what was expected. Names that the type does not know
/// are passed over.
pub fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    T::deserialize(Json(JSON::parse(text).ok()?)).ok()
}

/// Something else than what was expected; nobody asks what.
#[derive(Debug)]
struct Malformed;

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("malformed")
    }
}

impl std::error::Error for Malformed {}

impl Error for Malformed {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }

    fn invalid_type(_: Unexpected, _: &dyn Expected) -> Self {
        Self
    }

    fn invalid_value(_: Unexpected, _: &dyn Expected) -> Self {
        Self
    }

    fn invalid_length(_: usize, _: &dyn Expected) -> Self {
        Self
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }

    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }

    fn missing_field(_: &'static str) -> Self {
        Self
    }

    fn duplicate_field(_: &'static str) -> Self {
        Self
    }
}

/// A value that the browser has parsed.
struct Json(JsValue);

enum Number {
    Unsigned(u64),
    Signed(i64),
    Float(f64),
}

impl Json {
    fn is_nothing(&self) -> bool {
        self.0.is_null() || self.0.is_undefined()
    }

    fn text(&self) -> Result<String, Malformed> {
        self.0.as_string().ok_or(Malformed)
    }

    fn number(&self) -> Result<Number, Malformed> {
        let number = self.0.as_f64().ok_or(Malformed)?;
        Ok(match number {
            _ if number % 1.0 != 0.0 => Number::Float(number),
            _ if number < 0.0 => Number::Signed(number as i64),
            _ => Number::Unsigned(number as u64),
        })
    }

    fn items(&self) -> Result<Items, Malformed> {
        let array = self.0.dyn_ref::<Array>().ok_or(Malformed)?.clone();
        Ok(Items { array, next: 0 })
    }

    fn entries(&self) -> Result<Entries, Malformed> {
        let object = self.0.dyn_ref::<Object>().ok_or(Malformed)?;
        let names = Object::keys(object);
        Ok(Entries { object: self.0.clone(), names, next: 0, value: JsValue::UNDEFINED })
    }

    fn fields(self, names: &'static [&'static str]) -> Fields {
        Fields { object: self.0, names, next: 0, value: JsValue::UNDEFINED }
    }

    /// One of the variants, by its place among them, and what it holds.
    fn variant(self, names: &'static [&'static str]) -> Result<(u64, JsValue), Malformed> {
        let (name, value) = match self.0.as_string() {
            Some(name) => (name, JsValue::UNDEFINED),
            None => {
                let entry = self.entries()?.advance()?.ok_or(Malformed)?;
                (entry.0.as_string().ok_or(Malformed)?, entry.1)
            }
        };
        let place = names.iter().position(|known| *known == name);
        // A place that no variant has is an unknown one.
        Ok((place.unwrap_or(names.len()) as u64, value))
    }
}

/// Numbers of every size are read the same way.
macro_rules! numbers {
    ($($method:ident)+) => {
        $(
            fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
                self.visit_number(visitor)
            }
        )+
    };
}

impl Json {
    fn visit_number<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        match self.number()? {
            Number::Unsigned(number) => visitor.visit_u64(number),
            Number::Signed(number) => visitor.visit_i64(number),
            Number::Float(number) => visitor.visit_f64(number),
        }
    }
}

impl<'de> Deserializer<'de> for Json {
    type Error = Malformed;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        if self.is_nothing() {
            visitor.visit_unit()
        } else if let Some(value) = self.0.as_bool() {
            visitor.visit_bool(value)
        } else if let Some(text) = self.0.as_string() {
            visitor.visit_string(text)
        } else if self.0.as_f64().is_some() {
            self.visit_number(visitor)
        } else if let Ok(items) = self.items() {
            visitor.visit_seq(items)
        } else {
            visitor.visit_map(self.entries()?)
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        visitor.visit_bool(self.0.as_bool().ok_or(Malformed)?)
    }

    numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
        deserialize_f32 deserialize_f64
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        visitor.visit_string(self.text()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        visitor.visit_string(self.text()?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        if self.is_nothing() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Malformed> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        visitor.visit_seq(self.items()?)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        visitor.visit_map(self.entries()?)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Malformed> {
        visitor.visit_map(self.fields(fields))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Malformed> {
        visitor.visit_enum(Variant(self.variant(variants)?))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        i128 u128 char bytes byte_buf unit unit_struct tuple tuple_struct identifier
    }
}

/// What an array holds.
struct Items {
    array: Array,
    next: u32,
}

impl Items {
    fn advance(&mut self) -> Option<Json> {
        let item = (self.next < self.array.length()).then(|| Json(self.array.get(self.next)));
        self.next += 1;
        item
    }
}

impl<'de> SeqAccess<'de> for Items {
    type Error = Malformed;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Malformed> {
        self.advance().map(|item| seed.deserialize(item)).transpose()
    }
}

/// What an object holds, under whatever names.
struct Entries {
    object: JsValue,
    names: Array,
    next: u32,
    value: JsValue,
}

impl Entries {
    fn advance(&mut self) -> Result<Option<(JsValue, JsValue)>, Malformed> {
        if self.next >= self.names.length() {
            return Ok(None);
        }
        let name = self.names.get(self.next);
        let value = Reflect::get(&self.object, &name).map_err(|_| Malformed)?;
        self.next += 1;
        Ok(Some((name, value)))
    }
}

impl<'de> MapAccess<'de> for Entries {
    type Error = Malformed;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Malformed> {
        let Some((name, value)) = self.advance()? else { return Ok(None) };
        self.value = value;
        seed.deserialize(Json(name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Malformed> {
        seed.deserialize(Json(self.value.clone()))
    }
}

/// What an object holds under names that are known: a field is told by its place among them.
struct Fields {
    object: JsValue,
    names: &'static [&'static str],
    next: usize,
    value: JsValue,
}

impl Fields {
    fn advance(&mut self) -> Result<Option<Place>, Malformed> {
        while let Some(name) = self.names.get(self.next) {
            let name = JsString::from(*name);
            self.value = Reflect::get(&self.object, &name).map_err(|_| Malformed)?;
            self.next += 1;
            if !self.value.is_undefined() {
                return Ok(Some(Place(self.next as u64 - 1)));
            }
        }
        Ok(None)
    }
}

impl<'de> MapAccess<'de> for Fields {
    type Error = Malformed;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Malformed> {
        self.advance()?.map(|place| seed.deserialize(place)).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Malformed> {
        seed.deserialize(Json(self.value.clone()))
    }
}

/// A field or a variant by its place: serde's derive knows it by that as well as by its name.
struct Place(u64);

impl<'de> Deserializer<'de> for Place {
    type Error = Malformed;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        visitor.visit_u64(self.0)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier
        ignored_any
    }
}

/// A variant and what it holds.
struct Variant((u64, JsValue));

impl<'de> EnumAccess<'de> for Variant {
    type Error = Malformed;
    type Variant = Json;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Json), Malformed> {
        let (place, value) = self.0;
        seed.deserialize(Place(place)).map(|variant| (variant, Json(value)))
    }
}

impl<'de> VariantAccess<'de> for Json {
    type Error = Malformed;

    fn unit_variant(self) -> Result<(), Malformed> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Malformed> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Malformed> {
        self.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Malformed> {
        visitor.visit_map(self.fields(fields))
    }
}
