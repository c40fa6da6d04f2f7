//! The scalar types by their names.

use crate::scalar::TextKind;
use crate::{Kind, Value};
use kss_span::Origin;

/// A scalar type of the language.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[allow(missing_docs)]
pub enum ScalarType {
    Bool,
    Int,
    Float,
    Text,
    Ip,
    Cidr,
    IpRange,
    Mac,
    Asn,
    Size,
    Duration,
    Cpu,
    Percent,
    Version,
    Name,
    Domain,
    Url,
    Email,
    Path,
    Mode,
    PortSpec,
    Image,
}

impl ScalarType {
    /// All of them, in the order of the reference.
    pub const ALL: [ScalarType; 22] = [
        ScalarType::Bool,
        ScalarType::Int,
        ScalarType::Float,
        ScalarType::Text,
        ScalarType::Ip,
        ScalarType::Cidr,
        ScalarType::IpRange,
        ScalarType::Mac,
        ScalarType::Asn,
        ScalarType::Size,
        ScalarType::Duration,
        ScalarType::Cpu,
        ScalarType::Percent,
        ScalarType::Version,
        ScalarType::Name,
        ScalarType::Domain,
        ScalarType::Url,
        ScalarType::Email,
        ScalarType::Path,
        ScalarType::Mode,
        ScalarType::PortSpec,
        ScalarType::Image,
    ];

    /// Its name in the language.
    pub const fn name(self) -> &'static str {
        match self {
            ScalarType::Bool => "Bool",
            ScalarType::Int => "Int",
            ScalarType::Float => "Float",
            ScalarType::Text => "Text",
            ScalarType::Ip => "Ip",
            ScalarType::Cidr => "Cidr",
            ScalarType::IpRange => "IpRange",
            ScalarType::Mac => "Mac",
            ScalarType::Asn => "Asn",
            ScalarType::Size => "Size",
            ScalarType::Duration => "Duration",
            ScalarType::Cpu => "Cpu",
            ScalarType::Percent => "Percent",
            ScalarType::Version => "Version",
            ScalarType::Name => "Name",
            ScalarType::Domain => "Domain",
            ScalarType::Url => "Url",
            ScalarType::Email => "Email",
            ScalarType::Path => "Path",
            ScalarType::Mode => "Mode",
            ScalarType::PortSpec => "PortSpec",
            ScalarType::Image => "Image",
        }
    }

    /// The type called `name`.
    pub fn from_name(name: &str) -> Option<ScalarType> {
        ScalarType::ALL.into_iter().find(|t| t.name() == name)
    }

    /// For messages: `a size`.
    pub const fn noun(self) -> &'static str {
        match self {
            ScalarType::Bool => "a boolean",
            ScalarType::Int => "an integer",
            ScalarType::Float => "a number with a fraction",
            ScalarType::Text => "a text",
            ScalarType::Ip => "an address",
            ScalarType::Cidr => "a network",
            ScalarType::IpRange => "a range of addresses",
            ScalarType::Mac => "a hardware address",
            ScalarType::Asn => "an AS number",
            ScalarType::Size => "a size",
            ScalarType::Duration => "a duration",
            ScalarType::Cpu => "a share of cores",
            ScalarType::Percent => "a percentage",
            ScalarType::Version => "a version",
            ScalarType::Name => "a name",
            ScalarType::Domain => "a domain",
            ScalarType::Url => "a URL",
            ScalarType::Email => "an e-mail address",
            ScalarType::Path => "a path",
            ScalarType::Mode => "a file mode",
            ScalarType::PortSpec => "ports",
            ScalarType::Image => "an image",
        }
    }

    /// Of a refined text what its text must look like; `None` of every other type.
    pub const fn text_kind(self) -> Option<TextKind> {
        match self {
            ScalarType::Version => Some(TextKind::Version),
            ScalarType::Name => Some(TextKind::Name),
            ScalarType::Domain => Some(TextKind::Domain),
            ScalarType::Url => Some(TextKind::Url),
            ScalarType::Email => Some(TextKind::Email),
            ScalarType::Path => Some(TextKind::Path),
            ScalarType::Mode => Some(TextKind::Mode),
            ScalarType::Image => Some(TextKind::Image),
            _ => None,
        }
    }

    /// `Text` itself or a refined text.
    pub const fn is_text(self) -> bool {
        matches!(self, ScalarType::Text) || self.text_kind().is_some()
    }

    /// The type of a value; texts are [`ScalarType::Text`] and AS numbers [`ScalarType::Int`], whose types only the place of
    /// the value knows. `None` if it is no scalar.
    pub fn of(value: &Value) -> Option<ScalarType> {
        Some(match value.kind() {
            Kind::Bool(_) => ScalarType::Bool,
            Kind::Int(_) => ScalarType::Int,
            Kind::Float(_) => ScalarType::Float,
            Kind::Percent(_) => ScalarType::Percent,
            Kind::Size(_) => ScalarType::Size,
            Kind::Duration(_) => ScalarType::Duration,
            Kind::Cpu(_) => ScalarType::Cpu,
            Kind::Mac(_) => ScalarType::Mac,
            Kind::Text(_) | Kind::Lines(_) => ScalarType::Text,
            Kind::Ip(_) => ScalarType::Ip,
            Kind::Cidr(_) => ScalarType::Cidr,
            Kind::IpRange(_) => ScalarType::IpRange,
            Kind::Ports(_) => ScalarType::PortSpec,
            _ => return None,
        })
    }
}

/// Nothing of a type that can be summed: what the sum of an empty list is where its type is known.
pub fn zero(of: ScalarType, origin: Origin) -> Option<Value> {
    Some(match of {
        ScalarType::Int => Value::int(0, origin),
        ScalarType::Float => Value::float(0.0, origin),
        ScalarType::Size => Value::size(0, origin),
        ScalarType::Duration => Value::duration(0, origin),
        ScalarType::Cpu => Value::cpu(0, origin),
        ScalarType::Percent => Value::percent(0, origin),
        _ => return None,
    })
}
