//! Every code, once. A code never changes its meaning; one that is no longer used is not given away again.
//!
//! K01xx text and syntax · K02xx names · K03xx types · K04xx values, rules of the library · K05xx modules, capabilities,
//! intents · K06xx layers and merging · K07xx secrets, private data, later values · K08xx foreign schemas and outputs ·
//! K09xx tests · K10xx limits

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize, serde::Deserialize)]
pub enum Severity {
    /// Nothing is written while it stands.
    Error,
    /// Worth a look.
    Warning,
}

impl Severity {
    /// `error`, `warning`
    pub const fn name(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

/// A rule with its documentation.
#[derive(Debug)]
pub struct Code {
    /// `K0412`
    pub id: &'static str,
    /// `unknown-field`: what is wrong, not its cure.
    pub name: &'static str,
    /// Usual severity.
    pub severity: Severity,
    /// The page that `kssc explain` prints.
    pub page: &'static str,
}

impl PartialEq for Code {
    fn eq(&self, other: &Code) -> bool {
        self.id == other.id
    }
}

impl Eq for Code {}

/// The code called `word`: its id or its name, in any case.
pub fn find(word: &str) -> Option<&'static Code> {
    ALL.iter().copied().find(|code| code.id.eq_ignore_ascii_case(word) || code.name.eq_ignore_ascii_case(word))
}

/// A code as its id. One that the catalogue does not have is an error.
pub(crate) mod by_id {
    use super::Code;
    use serde::de::{Deserialize, Deserializer, Error};
    use serde::ser::Serializer;

    pub(crate) fn serialize<S: Serializer>(code: &'static Code, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(code.id)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<&'static Code, D::Error> {
        let id = String::deserialize(from)?;
        super::find(&id).ok_or_else(|| D::Error::custom(format_args!("there is no code `{id}`")))
    }
}

macro_rules! codes {
    ($($konst:ident = $id:literal $name:literal $severity:ident;)+) => {
        /// The codes by name.
        #[allow(missing_docs)]
        pub mod code {
            use super::{Code, Severity};
            $(pub static $konst: Code = Code {
                id: $id,
                name: $name,
                severity: Severity::$severity,
                // No page, no build.
                page: include_str!(concat!("../pages/", $id, ".md")),
            };)+
        }
        /// Every code, in order.
        pub static ALL: &[&Code] = &[$(&code::$konst),+];
    };
}

codes! {
    UNEXPECTED_TOKEN = "K0101" "unexpected-token" Error;
    UNCLOSED = "K0102" "unclosed-delimiter" Error;
    BAD_LITERAL = "K0103" "bad-literal" Error;
    UNREADABLE = "K0104" "unreadable-file" Error;
    TOO_DEEP = "K0105" "nested-too-deep" Error;
    MISPLACED = "K0106" "misplaced-statement" Error;
    HOST_BITS = "K0107" "host-bits-set" Error;
    NOT_UTF8 = "K0108" "invalid-utf8" Error;
    LOST_DOC = "K0109" "lost-documentation" Warning;

    UNKNOWN_NAME = "K0201" "unknown-name" Error;
    UNKNOWN_FIELD = "K0202" "unknown-field" Error;
    MISSING_FIELD = "K0203" "missing-field" Error;
    HIDES_NAME = "K0204" "hides-name" Error;
    UNKNOWN_IMPORT = "K0205" "unknown-import" Error;
    IMPORT_CYCLE = "K0206" "import-cycle" Error;
    DECLARED_TWICE = "K0207" "declared-twice" Error;
    UNKNOWN_TYPE = "K0208" "unknown-type" Error;
    UNKNOWN_MODULE = "K0209" "unknown-module" Error;
    UNKNOWN_KIND = "K0210" "unknown-kind" Error;
    UNKNOWN_ENTRY = "K0211" "unknown-entry" Error;
    UNKNOWN_CASE = "K0212" "unknown-case" Error;
    UNUSED_IMPORT = "K0213" "unused-import" Warning;

    TYPE_MISMATCH = "K0301" "type-mismatch" Error;
    NOT_NARROWED = "K0302" "not-narrowed" Error;
    NOT_EXHAUSTIVE = "K0303" "not-exhaustive" Error;
    WRONG_ARGUMENTS = "K0304" "wrong-arguments" Error;
    NEEDS_QUOTES = "K0305" "text-needs-quotes" Error;
    RECURSION = "K0306" "recursion" Error;
    NEEDS_TYPE = "K0307" "type-needed" Error;

    BAD_VALUE = "K0401" "value-refused" Error;
    CHECK_FAILED = "K0402" "check-failed" Error;
    FIELD_CYCLE = "K0403" "field-cycle" Error;
    ARITHMETIC = "K0404" "arithmetic" Error;
    NOT_SET = "K0405" "value-missing" Error;
    SAME_ADDRESS = "K0410" "address-twice" Error;
    SAME_MAC = "K0411" "mac-twice" Error;
    POOLS_OVERLAP = "K0412" "pools-overlap" Error;
    POOL_TAKEN = "K0413" "pool-holds-taken-address" Error;
    DHCP_HOLDS_ADDRESS = "K0414" "dhcp-holds-address" Error;
    NETWORKS_OVERLAP = "K0415" "networks-overlap" Error;
    OUTSIDE_NETWORK = "K0416" "address-outside-network" Error;
    HOST_FULL = "K0417" "host-capacity" Error;

    NO_PROVIDER = "K0501" "no-provider" Error;
    TWO_PROVIDERS = "K0502" "two-providers" Error;
    UNLOWERED = "K0503" "lost-entry" Error;
    FORGOTTEN_FIELD = "K0504" "forgotten-field" Error;
    WRONG_SCOPE = "K0505" "wrong-scope" Error;
    TUNES_NOTHING = "K0506" "tune-of-nothing" Error;
    REMOVES_NOTHING = "K0507" "remove-of-nothing" Error;
    STILL_NEEDED = "K0508" "removed-but-needed" Error;
    KIND_CYCLE = "K0509" "cycle-of-kinds" Error;
    USED_TWICE = "K0510" "used-twice" Error;
    REACHES_DOWN = "K0511" "site-reads-clusters" Error;
    PHASE_ORDER = "K0512" "phase-order" Error;
    UNUSED_OPTION = "K0513" "unread-option" Error;
    STEP_CYCLE = "K0514" "cycle-of-steps" Error;

    CONFLICT = "K0601" "conflict" Error;
    BEATS_REASON = "K0602" "beats-a-reason" Error;
    DUPLICATE_KEY = "K0603" "duplicate-key" Error;

    SECRET_AS_TEXT = "K0701" "secret-in-text" Error;
    PRIVATE_DECIDES = "K0702" "private-decides" Error;
    NOT_PRIVATE = "K0703" "overlay-sets-public" Error;
    LATER_TOO_EARLY = "K0704" "later-too-early" Error;
    PRIVATE_IN_PUBLIC = "K0705" "public-build-incomplete" Error;

    UNKNOWN_KEY = "K0801" "unknown-key" Error;
    WRONG_KEY_TYPE = "K0802" "foreign-type" Error;
    NOT_LOCKED = "K0803" "not-in-lock" Error;
    UNKNOWN_OPTION = "K0804" "unknown-nixos-option" Error;
    MISSING_KEY = "K0805" "missing-key" Error;
    OUTPUT_TWICE = "K0806" "output-twice" Error;
    BAD_PATH = "K0807" "path-leaves-tree" Error;
    UNMATCHED_HOLE = "K0808" "unmatched-hole" Error;
    WAIVES_NOTHING = "K0809" "waives-nothing" Warning;

    EXPECTATION = "K0901" "expectation-failed" Error;
    UNKNOWN_BASE = "K0902" "unknown-given" Error;

    TOO_MUCH_WORK = "K1001" "too-much-work" Error;
    TOO_LARGE = "K1002" "too-large" Error;
    LONG_RANGE = "K1003" "range-too-long" Error;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_ascend_and_have_one_form() {
        for code in ALL {
            let digits = code.id.strip_prefix('K').unwrap_or_default();
            assert!(digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_digit()), "{}", code.id);
        }
        for pair in ALL.windows(2) {
            assert!(pair[0].id < pair[1].id, "{} stands before {}", pair[0].id, pair[1].id);
        }
    }

    #[test]
    fn names_are_unique_and_in_kebab_case() {
        let mut seen = std::collections::BTreeSet::new();
        for code in ALL {
            let kebab =
                |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
            assert!(code.name.split('-').all(kebab), "{}", code.name);
            assert!(seen.insert(code.name), "two codes are called {}", code.name);
        }
    }

    #[test]
    fn codes_are_found_by_id_and_by_name() {
        assert_eq!(find("k0412"), Some(&code::POOLS_OVERLAP));
        assert_eq!(find("pools-overlap"), Some(&code::POOLS_OVERLAP));
        assert_eq!(find("K9999"), None);
    }
}
