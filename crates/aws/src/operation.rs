//! What a call is: data. The request and the answer are typed beside it.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// How a service talks (Smithy 2.0, "AWS protocols").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// A form in, XML out: IAM, STS.
    Query,
    /// The same with other names for lists: EC2.
    Ec2,
    /// JSON 1.1 in and out, the operation in a header.
    Json {
        /// What stands before the operation's name in `X-Amz-Target`.
        target: &'static str,
    },
    /// A path, a query and headers in, XML or an object's bytes out: S3.
    RestXml,
}

/// Where a service is reached; see [`crate::endpoint`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endpoints {
    /// One in each region.
    Regional,
    /// One for a partition, whose name holds no region in the main one: IAM.
    Global,
    /// One for a partition, named after a region: Organizations.
    OneRegion,
    /// One in each region, where each bucket has a host of its own: S3.
    Buckets,
}

/// A service (names as in botocore's service models).
#[derive(Debug, PartialEq, Eq)]
pub struct Service {
    /// The name that clients know it by, and the prefix of its IAM actions.
    pub id: &'static str,
    /// The version of its interface.
    pub version: &'static str,
    /// How it talks.
    pub protocol: Protocol,
    /// Where it is.
    pub endpoints: Endpoints,
}

/// Whether a call changes anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It does not.
    Reads,
    /// It does.
    Writes,
}

/// How an answer goes on: the member that is handed back in the next request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pages {
    /// The request's member.
    pub input: &'static str,
    /// The answer's member.
    pub output: &'static str,
}

/// How an operation is sent over HTTP (Smithy 2.0, "HTTP bindings").
#[derive(Debug, PartialEq, Eq)]
pub struct Http {
    /// The method.
    pub method: &'static str,
    /// Path and query. `{Member}` stands for a member of the request, `{Member+}` for one whose
    /// slashes stay; a part of the query whose member is absent is left out.
    pub uri: &'static str,
    /// Headers, each with the member that it carries.
    pub headers: &'static [(&'static str, &'static str)],
    /// Whether the body of the answer is the thing itself, and its headers are what is read.
    pub bytes: bool,
}

impl Http {
    /// As all protocols but REST send.
    pub(crate) const POST: Self = Self { method: "POST", uri: "/", headers: &[], bytes: false };
}

/// One declared operation.
#[derive(Debug, PartialEq, Eq)]
pub struct Operation {
    /// Whose it is.
    pub service: &'static Service,
    /// Its name in the service's interface.
    pub name: &'static str,
    /// The permission that it needs (Service Authorization Reference).
    pub action: &'static str,
    /// Whether it changes anything.
    pub effect: Effect,
    /// How it is sent.
    pub http: Http,
    /// How its answer goes on; none where it is whole.
    pub pages: Option<Pages>,
    /// Requests a second, for each account and region; none where the service's quotas are far off.
    pub per_second: Option<u32>,
}

impl Operation {
    /// Its name for people and in policies, such as `iam:ListUsers`.
    pub fn full_name(&self) -> String {
        format!("{}:{}", self.service.id, self.name)
    }
}

/// A typed request; serializes to the members as the service's model names them.
pub trait Call: Serialize {
    /// The fields of the answer that are read; the body is kept whole beside them.
    type Answer: DeserializeOwned;
    /// The declaration.
    const OPERATION: Operation;
}

/// A call that changes nothing.
pub trait Reads: Call {}

/// A call that changes something.
pub trait Writes: Call {}

/// Declares operations of one service, a block for each: name, effect, request, answer.
///
/// ```text
/// calls! { IAM;
///     reads "iam:ListUsers" ListUsers { path_prefix: Option<String> }
///         -> Users, pages "Marker" "Marker";
/// }
/// ```
macro_rules! calls {
    ($service:expr; $(
        $(#[$about:meta])*
        $effect:ident $action:literal $name:ident {
            $($(#[$member:meta])* $field:ident: $type:ty),* $(,)?
        }
            -> $answer:ty
            $(, http $method:literal $uri:literal [$($header:literal $carried:literal),*])?
            $(, bytes $bytes:literal)?
            $(, pages $input:literal $output:literal)?
            $(, per_second $rate:literal)?;
    )*) => { $(
        $(#[$about])*
        #[derive(Debug, Clone, Default, serde::Serialize)]
        #[serde(rename_all = "PascalCase")]
        pub struct $name {
            $(
                #[allow(missing_docs, reason = "members are AWS's own")]
                $(#[$member])*
                pub $field: $type,
            )*
        }

        impl crate::Call for $name {
            type Answer = $answer;
            const OPERATION: crate::Operation = crate::Operation {
                service: &$service,
                name: stringify!($name),
                action: $action,
                effect: crate::operation::effect!($effect),
                http: {
                    #[allow(unused_mut, unused_assignments, reason = "only REST says how")]
                    let mut http = crate::operation::Http::POST;
                    $( http = crate::operation::Http {
                        method: $method,
                        uri: $uri,
                        headers: &[$(($header, $carried)),*],
                        bytes: false,
                    }; )?
                    $( http.bytes = $bytes; )?
                    http
                },
                pages: {
                    #[allow(unused_mut, unused_assignments, reason = "none where the answer is whole")]
                    let mut pages: Option<crate::Pages> = None;
                    $( pages = Some(crate::Pages { input: $input, output: $output }); )?
                    pages
                },
                per_second: {
                    #[allow(unused_mut, unused_assignments, reason = "none where it has no own quota")]
                    let mut rate: Option<u32> = None;
                    $( rate = Some($rate); )?
                    rate
                },
            };
        }

        crate::operation::marked!($effect $name);
    )*
        /// Every operation of the service that is declared.
        pub const ALL: &[&crate::Operation] = &[$(&<$name as crate::Call>::OPERATION),*];
    };
}

macro_rules! effect {
    (reads) => {
        crate::Effect::Reads
    };
    (writes) => {
        crate::Effect::Writes
    };
}

macro_rules! marked {
    (reads $name:ident) => {
        impl crate::Reads for $name {}
    };
    (writes $name:ident) => {
        impl crate::Writes for $name {}
    };
}

pub(crate) use {calls, effect, marked};
