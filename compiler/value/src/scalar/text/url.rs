//! URLs.

use crate::scalar::LiteralError;
use crate::scalar::text::{check_domain, shown};
use fluent_uri::Uri;
use fluent_uri::component::Host;

/// A URL in its parts.
pub(in crate::scalar) struct Url<'a> {
    uri: Uri<&'a str>,
    port: Option<u16>,
}

impl<'a> Url<'a> {
    pub(in crate::scalar) fn parse(text: &'a str) -> Result<Url<'a>, LiteralError> {
        let wrong = |why: String| LiteralError::new(format!("`{text}` is no URL: {why}"));
        if !text.contains("://") {
            let error = wrong("it has no scheme, as in https://example.com".to_owned());
            return Err(if bare_host(text) { error.suggest(format!("https://{text}")) } else { error });
        }
        let uri = Uri::parse(text).map_err(|e| wrong(syntax(text, e.index())))?;
        let scheme = uri.scheme().as_str();
        if scheme.bytes().any(|c| c.is_ascii_uppercase()) {
            let fixed = format!("{}{}", scheme.to_ascii_lowercase(), &text[scheme.len()..]);
            return Err(wrong("its scheme is written in lower case".to_owned()).suggest(fixed));
        }
        let Some(authority) = uri.authority() else { return Err(wrong("it has no host".to_owned())) };
        let host = authority.host();
        match authority.host_parsed() {
            Host::RegName(_) if host.is_empty() && scheme == "file" => {}
            Host::RegName(_) if host.is_empty() => return Err(wrong("it has no host".to_owned())),
            Host::RegName(_) => check_domain(host).map_err(|e| {
                let error = wrong(format!("host {}", e.message));
                match e.suggestion {
                    Some(better) => error.suggest(text.replacen(host, &better, 1)),
                    None => error,
                }
            })?,
            _ => {}
        }
        let port = match authority.port().map(|port| port.as_str()) {
            None => None,
            Some("") => return Err(wrong("nothing stands behind the `:` of its port".to_owned())),
            Some(digits) => Some(
                digits
                    .parse()
                    .ok()
                    .filter(|port| *port != 0)
                    .ok_or_else(|| wrong(format!("{digits} is no port; they lie between 1 and 65535")))?,
            ),
        };
        Ok(Url { uri, port })
    }

    pub(in crate::scalar) fn scheme(&self) -> &'a str {
        self.uri.scheme().as_str()
    }

    /// Without the brackets around an IPv6 address.
    pub(in crate::scalar) fn host(&self) -> &'a str {
        let host = self.uri.authority().map_or("", |authority| authority.host());
        host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
    }

    /// As written, else the usual one of the scheme.
    pub(in crate::scalar) fn port(&self) -> Option<u16> {
        self.port.or_else(|| usual_port(self.scheme()))
    }

    pub(in crate::scalar) fn path(&self) -> &'a str {
        self.uri.path().as_str()
    }
}

/// Ports of schemes that descriptions use, by the registry of IANA.
fn usual_port(scheme: &str) -> Option<u16> {
    Some(match scheme {
        "ftp" => 21,
        "ssh" | "sftp" | "git+ssh" => 22,
        "http" | "ws" => 80,
        "https" | "wss" | "oci" | "git+https" => 443,
        "ldap" => 389,
        "ldaps" => 636,
        "git" => 9418,
        "mysql" => 3306,
        "postgres" | "postgresql" => 5432,
        "amqp" => 5672,
        "amqps" => 5671,
        "redis" => 6379,
        "nats" => 4222,
        "mongodb" => 27017,
        _ => return None,
    })
}

fn bare_host(text: &str) -> bool {
    let host = text.split(['/', ':']).next().unwrap_or(text);
    host.contains('.') && check_domain(host).is_ok()
}

fn syntax(text: &str, at: usize) -> String {
    let Some(odd) = text.get(at..).and_then(|rest| rest.chars().next()) else {
        return "it ends too early".to_owned();
    };
    let position = text.get(..at).map_or(0, |before| before.chars().count()) + 1;
    match odd {
        ' ' | '{' | '}' | '"' | '<' | '>' | '\\' | '^' | '`' | '|' => {
            format!("{} at character {position} must be written as %{:02X}", shown(odd), u32::from(odd))
        }
        _ => format!("{} can't stand at character {position}", shown(odd)),
    }
}
