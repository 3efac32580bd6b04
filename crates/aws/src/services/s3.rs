//! Amazon S3 (API reference, version 2006-03-01): what lies in a bucket, and its bytes.

use serde::{Deserialize, Deserializer};

use crate::operation::calls;
use crate::{Endpoints, Protocol, Service};

/// See the module.
pub const S3: Service = Service {
    id: "s3",
    version: "2006-03-01",
    protocol: Protocol::RestXml,
    endpoints: Endpoints::Buckets,
};

calls! { S3;
    /// A thousand objects at a time, in order of key.
    reads "s3:ListBucket" ListObjectsV2 {
        bucket: String,
        prefix: Option<String>,
        delimiter: Option<String>,
        start_after: Option<String>,
        /// `url`: keys are told percent-encoded, since XML cannot hold all of them.
        encoding_type: EncodingType,
        continuation_token: Option<String>,
    } -> Objects,
        http "GET" "/{Bucket}?list-type=2&prefix={Prefix}&delimiter={Delimiter}&start-after={StartAfter}&encoding-type={EncodingType}&continuation-token={ContinuationToken}" [],
        pages "ContinuationToken" "NextContinuationToken";
    /// An object, or a range of its bytes.
    reads "s3:GetObject" GetObject {
        bucket: String,
        key: String,
        /// Only while it is still this one.
        if_match: Option<String>,
        /// `bytes=0-99`
        range: Option<String>,
    } -> ObjectBytes,
        http "GET" "/{Bucket}/{Key+}" ["If-Match" "IfMatch", "Range" "Range"],
        bytes true;
}

/// How keys are told.
#[derive(Debug, Clone, Copy, Default, serde::Serialize)]
pub enum EncodingType {
    /// Percent-encoded.
    #[default]
    #[serde(rename = "url")]
    Url,
}

/// Answer of [`ListObjectsV2`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Objects {
    /// What lies there.
    #[serde(default)]
    pub contents: Vec<Object>,
    /// With a delimiter: what lies deeper, once for each beginning.
    #[serde(default)]
    pub common_prefixes: Vec<CommonPrefix>,
}

/// An object in a listing.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Object {
    /// Its key.
    #[serde(rename = "Key", deserialize_with = "key")]
    pub key: String,
    /// Names its content, in quotation marks.
    #[serde(rename = "ETag")]
    pub etag: String,
    /// Bytes.
    #[serde(rename = "Size")]
    pub size: u64,
}

/// What lies deeper.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct CommonPrefix {
    /// How these keys begin, to the delimiter.
    #[serde(rename = "Prefix", deserialize_with = "key")]
    pub prefix: String,
}

/// Answer of [`GetObject`]; the body is the object.
#[derive(Debug, Clone, Deserialize)]
pub struct ObjectBytes {
    /// See [`Object::etag`].
    #[serde(rename = "etag")]
    pub etag: String,
    /// Which bytes of how many: `bytes 0-99/1234`; none where all were asked for.
    #[serde(rename = "content-range", default)]
    pub content_range: Option<String>,
}

/// A key as S3 encodes it (`encoding-type=url`): a space is a plus sign.
fn key<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let text = String::deserialize(from)?;
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let hex = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let escaped = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        (bytes, rest) = match (first, escaped) {
            (b'%', Some(byte)) => (pushed(bytes, byte), after.get(2..).unwrap_or_default()),
            (b'+', _) => (pushed(bytes, b' '), after),
            (byte, _) => (pushed(bytes, *byte), after),
        };
    }
    String::from_utf8(bytes).map_err(serde::de::Error::custom)
}

fn pushed(mut bytes: Vec<u8>, byte: u8) -> Vec<u8> {
    bytes.push(byte);
    bytes
}
