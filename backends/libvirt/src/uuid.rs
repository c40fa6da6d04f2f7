//! UUIDs that follow from names.

/// The UUID of a path of names: of version 8 (RFC 9562), whose bits are up to who makes it, here a BLAKE3 digest.
pub(crate) fn of(path: &[&str]) -> String {
    let mut hasher = blake3::Hasher::new_derive_key("kssc uuid 1");
    for name in path {
        hasher.update(&(name.len() as u64).to_le_bytes());
        hasher.update(name.as_bytes());
    }
    let mut bytes = [0; 16];
    hasher.finalize_xof().fill(&mut bytes);
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn names_decide() {
        let one = of(&["home", "host", "domain", "a"]);
        assert_eq!(one, of(&["home", "host", "domain", "a"]));
        assert_ne!(one, of(&["home", "host", "domai", "na"]));
        assert_eq!((one.len(), &one[14..15]), (36, "8"));
        assert!("89ab".contains(&one[19..20]));
    }
}
