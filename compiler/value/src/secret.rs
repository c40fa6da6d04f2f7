//! What stands in place of text that nobody may see, or that isn't known yet.

use crate::EntryKey;
use kss_span::Symbol;
use std::fmt;
use std::sync::Arc;

/// Text with references in it. There is no way from here to the text.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Secret {
    /// In order.
    pub parts: Vec<SecretPart>,
}

/// A part of a [`Secret`].
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum SecretPart {
    /// Plain text around references.
    Plain(Arc<str>),
    /// The value at a place, spelled as the document around it needs (`raw`, `json`, `base64`).
    Ref(Arc<SecretRef>, Symbol),
    /// Parts that are one text before they are spelled as the document around them needs: base64 of `user:password` isn't
    /// base64 of each.
    Group(Arc<[SecretPart]>, Symbol),
}

impl Secret {
    /// Every reference in it, in order, repeated ones too.
    pub fn refs(&self) -> Vec<&Arc<SecretRef>> {
        let mut found = Vec::new();
        collect_refs(&self.parts, &mut found);
        found
    }
}

fn collect_refs<'a>(parts: &'a [SecretPart], found: &mut Vec<&'a Arc<SecretRef>>) {
    for part in parts {
        match part {
            SecretPart::Plain(_) => {}
            SecretPart::Ref(reference, _) => found.push(reference),
            SecretPart::Group(parts, _) => collect_refs(parts, found),
        }
    }
}

/// Where a secret value is kept.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SecretRef {
    /// The credential that declares it, or the entry whose type does (`oidc-client.x.secret`).
    pub owner: EntryKey,
    /// Path in the secret store.
    pub path: Symbol,
    /// Key at that path.
    pub key: Symbol,
}

/// An output of an OpenTofu environment.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Later {
    /// The environment's entry.
    pub env: EntryKey,
    /// Call, then output: `vault-base`, `ca`.
    pub path: Vec<Symbol>,
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(")?;
        f.debug_list().entries(self.refs()).finish()?;
        f.write_str(")")
    }
}

impl fmt::Debug for SecretRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.path, self.key)
    }
}
