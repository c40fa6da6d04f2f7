//! What is given as words: images, names, keys.

use crate::failure::Failure;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::path::Path;

/// An image with its digest, apart: `("a/b:1", "sha256:…")`.
pub(crate) fn image(text: &str) -> Result<(String, String), Failure> {
    let wrong = |why: &str| {
        let help = "write it as `NAME:TAG@sha256:…`, the name as the sources have it; `crane digest NAME:TAG` or the registry's page tells the digest";
        Failure::Lock(format!("`{text}` is no image with a digest: {why}; {help}"))
    };
    let (name, digest) = text.split_once('@').ok_or_else(|| wrong("there is no `@`"))?;
    let hex = digest.strip_prefix("sha256:").ok_or_else(|| wrong("the digest doesn't begin with `sha256:`"))?;
    if hex.len() != 64 || !hex.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f')) {
        return Err(wrong("a digest has 64 digits of 0-9 and a-f"));
    }
    if name.is_empty() || name.contains(|c: char| c.is_whitespace() || c.is_control()) || name.starts_with([':', '/']) {
        return Err(wrong("the name is no name of an image"));
    }
    Ok((name.to_owned(), digest.to_owned()))
}

/// A name becomes a part of the path of a file.
pub(crate) fn check_name(name: &str) -> Result<(), Failure> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+');
    if !name.is_empty() && name.chars().all(plain) && !name.starts_with('.') {
        return Ok(());
    }
    Err(Failure::Lock(format!(
        "`{name}` can't be a name in the lock: it has letters, digits, `.`, `_`, `-` and `+`; rename the file"
    )))
}

/// The place of a credential: `machine/kss-master#ssh-host`.
pub(crate) fn check_place(name: &str) -> Result<(), Failure> {
    match name.split_once('#') {
        Some((path, key)) if !path.is_empty() && !key.is_empty() && !name.contains(char::is_whitespace) => Ok(()),
        _ => Err(Failure::Lock(format!(
            "`{name}` is no place of a credential: write PATH#KEY, `machine/kss-master#ssh-host` for the key of the \
             host kss-master"
        ))),
    }
}

/// A public key as it stands in the lock: type and key, without the comment behind them.
pub(crate) fn public_key(text: &str) -> Result<String, Failure> {
    let wrong = |why: String| {
        let help = "`ssh-keygen -y -f KEY`, or the file KEY.pub, has it in one line";
        Failure::Lock(format!("this is no public key: {why}; {help}"))
    };
    if text.contains("PRIVATE KEY") {
        return Err(wrong("it is a private one, which must never be in the lock".to_owned()));
    }
    let mut words = text.split_whitespace();
    let kind = words.next().unwrap_or_default();
    if kind.starts_with("age1")
        && kind.len() == 62
        && kind.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    {
        return Ok(kind.to_owned());
    }
    let Some(body) = words.next() else { return Err(wrong(format!("`{kind}` stands alone"))) };
    let bytes = STANDARD.decode(body).map_err(|_| wrong(format!("the word behind `{kind}` is no base64")))?;
    // The key names its own type again, behind the length of the name.
    let own = bytes.get(..4).and_then(|length| <[u8; 4]>::try_from(length).ok()).map(u32::from_be_bytes);
    let own = own.and_then(|length| bytes.get(4..)?.get(..usize::try_from(length).ok()?));
    match own {
        Some(own) if own == kind.as_bytes() => Ok(format!("{kind} {body}")),
        _ => Err(wrong(format!("the word behind `{kind}` is no key of that type"))),
    }
}

/// Is it a lock of Nix?
pub(crate) fn check_flake(text: &str, file: &Path) -> Result<(), Failure> {
    let document: Option<serde_json::Value> = serde_json::from_str(text).ok();
    let is_lock = document.is_some_and(|lock| lock["nodes"].is_object() && lock["version"].is_number());
    match is_lock {
        true => Ok(()),
        false => Err(Failure::Lock(format!(
            "`{}` is no flake.lock: `cd deploy && nix flake lock` writes deploy/flake.lock",
            file.display()
        ))),
    }
}
