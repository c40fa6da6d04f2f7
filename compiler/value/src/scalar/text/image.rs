//! References of container images.

use crate::scalar::LiteralError;
use crate::scalar::text::shown;

/// A reference in its parts.
pub(in crate::scalar) struct Image<'a> {
    /// Registry and path: `ghcr.io/a/b`.
    pub(in crate::scalar) repository: &'a str,
    /// Behind the `:`.
    pub(in crate::scalar) tag: Option<&'a str>,
    /// Behind the `@`, with its algorithm.
    pub(in crate::scalar) digest: Option<&'a str>,
}

impl<'a> Image<'a> {
    pub(in crate::scalar) fn parse(text: &'a str) -> Result<Image<'a>, LiteralError> {
        let wrong = |why: String| LiteralError::new(format!("`{text}` is no image: {why}"));
        if text.is_empty() {
            return Err(LiteralError::new("an image can't be empty"));
        }
        if let Some((_, rest)) = text.split_once("://") {
            return Err(wrong("it has a scheme, like a URL".to_owned()).suggest(rest));
        }
        let (named, digest) = match text.split_once('@') {
            Some((named, digest)) => (named, Some(digest)),
            None => (text, None),
        };
        // A colon before a slash belongs to the port of the registry.
        let (repository, tag) = match named.rsplit_once(':') {
            Some((repository, tag)) if !tag.contains('/') => (repository, Some(tag)),
            _ => (named, None),
        };
        check_repository(repository).map_err(|(why, better)| match better {
            Some(better) => wrong(why).suggest(text.replacen(repository, &better, 1)),
            None => wrong(why),
        })?;
        tag.map_or(Ok(()), check_tag).map_err(wrong)?;
        digest.map_or(Ok(()), check_digest).map_err(wrong)?;
        Ok(Image { repository, tag, digest })
    }

    /// The last part of the repository: `b` of `ghcr.io/a/b`.
    pub(in crate::scalar) fn name(&self) -> &'a str {
        self.repository.rsplit('/').next().unwrap_or(self.repository)
    }
}

type Refused = (String, Option<String>);

fn check_repository(repository: &str) -> Result<(), Refused> {
    if repository.is_empty() {
        return Err(("it has no name".to_owned(), None));
    }
    let path = match repository.split_once('/') {
        // The first part is a registry if it looks like a host (the rule of every client).
        Some((host, path)) if host.contains(['.', ':']) || host == "localhost" => {
            check_registry(host).map_err(|why| (why, None))?;
            path
        }
        _ => repository,
    };
    if path.bytes().any(|c| c.is_ascii_uppercase()) {
        return Err(("a repository is written in lower case".to_owned(), Some(repository.to_ascii_lowercase())));
    }
    path.split('/').try_for_each(check_component).map_err(|why| (why, None))
}

fn check_registry(host: &str) -> Result<(), String> {
    let wrong = || format!("`{host}` is no registry");
    // `[::1]:5000` or `name:5000`.
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !host.ends_with(']') => (name, Some(port)),
        _ => (host, None),
    };
    if port.is_some_and(|port| port.parse::<u16>().map_or(true, |port| port == 0)) {
        return Err(wrong());
    }
    if let Some(address) = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')) {
        return address.parse::<std::net::Ipv6Addr>().map(|_| ()).map_err(|_| wrong());
    }
    let label = |label: &str| {
        !label.is_empty()
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if name.split('.').all(label) { Ok(()) } else { Err(wrong()) }
}

/// Lower-case letters and digits, separated by `.`, `_`, `__` or any number of `-`.
fn check_component(part: &str) -> Result<(), String> {
    let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    if part.is_empty() {
        return Err("a part between its slashes is empty".to_owned());
    }
    if let Some(odd) = part.chars().find(|c| !letter(*c) && !matches!(c, '.' | '_' | '-')) {
        return Err(format!("{} can't stand in `{part}`", shown(odd)));
    }
    let separator = |run: &str| matches!(run, "" | "." | "_" | "__") || run.bytes().all(|c| c == b'-');
    if !part.starts_with(letter) || !part.ends_with(letter) || !part.split(letter).all(separator) {
        return Err(format!("in `{part}` one of `.`, `_`, `__`, `-` stands between letters or digits"));
    }
    Ok(())
}

fn check_tag(tag: &str) -> Result<(), String> {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let shaped = tag.starts_with(word) && tag.chars().all(|c| word(c) || matches!(c, '.' | '-'));
    if shaped && tag.len() <= 128 {
        return Ok(());
    }
    Err(format!(
        "`{tag}` is no tag; it has 1 to 128 letters, digits, `_`, `.`, `-` and begins with none of the last two"
    ))
}

fn check_digest(digest: &str) -> Result<(), String> {
    let wrong = |why: &str| Err(format!("`{digest}` is no digest: {why}"));
    let Some((algorithm, hex)) = digest.split_once(':') else { return wrong("it is written sha256:…") };
    let length = match algorithm {
        "sha256" => 64,
        "sha512" => 128,
        _ => return wrong("only sha256 and sha512 are registered"),
    };
    if hex.len() != length || !hex.bytes().all(|c| c.is_ascii_digit() || (b'a'..=b'f').contains(&c)) {
        return wrong(&format!("behind {algorithm}: stand {length} hexadecimal digits in lower case"));
    }
    Ok(())
}
