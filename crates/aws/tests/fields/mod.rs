//! Which fields a type reads, asked of its own `Deserialize`: a deserializer that answers every
//! field with a value of its type and writes down how it got there.

use std::cell::RefCell;
use std::rc::Rc;

use serde::de::value::{Error, StrDeserializer};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess,
    Visitor,
};

type Paths = Rc<RefCell<Vec<Vec<String>>>>;

/// The paths of the fields that `T` reads; an item of a list is `[]`.
pub fn of<T: DeserializeOwned>() -> Vec<Vec<String>> {
    let paths = Paths::default();
    T::deserialize(Recorder { at: Vec::new(), paths: paths.clone() }).unwrap();
    Rc::try_unwrap(paths).unwrap().into_inner()
}

#[derive(Clone)]
struct Recorder {
    at: Vec<String>,
    paths: Paths,
}

impl Recorder {
    fn leaf(&self) {
        self.paths.borrow_mut().push(self.at.clone());
    }
}

macro_rules! leaves {
    ($($method:ident $visit:ident $value:expr;)*) => { $(
        fn $method<V: Visitor<'static>>(self, visitor: V) -> Result<V::Value, Error> {
            self.leaf();
            visitor.$visit($value)
        }
    )* };
}

impl Deserializer<'static> for Recorder {
    type Error = Error;

    leaves! {
        deserialize_any visit_str "1";
        deserialize_str visit_str "1";
        deserialize_string visit_str "1";
        deserialize_bool visit_bool true;
        deserialize_u32 visit_u32 1;
        deserialize_u64 visit_u64 1;
        deserialize_i64 visit_i64 1;
        deserialize_f64 visit_f64 1.0;
    }

    fn deserialize_option<V: Visitor<'static>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'static>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'static>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(Once(Some(self)))
    }

    fn deserialize_struct<V: Visitor<'static>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_map(Fields { left: fields.iter(), next: None, within: self })
    }

    serde::forward_to_deserialize_any! {
        <W: Visitor<'static>>
        i8 i16 i32 i128 u8 u16 u128 f32 char bytes byte_buf unit unit_struct tuple tuple_struct map
        enum identifier ignored_any
    }
}

struct Once(Option<Recorder>);

impl SeqAccess<'static> for Once {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'static>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Error> {
        let Some(mut item) = self.0.take() else { return Ok(None) };
        // The query protocols put a list's items into an element of their own.
        if !matches!(item.at.last().map(String::as_str), Some("member" | "item")) {
            item.at.push("[]".to_owned());
        } else if let Some(last) = item.at.last_mut() {
            "[]".clone_into(last);
        }
        seed.deserialize(item).map(Some)
    }
}

struct Fields {
    left: std::slice::Iter<'static, &'static str>,
    next: Option<&'static str>,
    within: Recorder,
}

impl MapAccess<'static> for Fields {
    type Error = Error;

    fn next_key_seed<S: DeserializeSeed<'static>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Error> {
        self.next = self.left.next().copied();
        let key: Option<StrDeserializer<'_, Error>> =
            self.next.map(IntoDeserializer::into_deserializer);
        key.map(|key| seed.deserialize(key)).transpose()
    }

    fn next_value_seed<S: DeserializeSeed<'static>>(&mut self, seed: S) -> Result<S::Value, Error> {
        let mut value = self.within.clone();
        value.at.push(self.next.unwrap_or_default().to_owned());
        seed.deserialize(value)
    }
}
