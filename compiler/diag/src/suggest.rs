//! "Did you mean".

/// The candidate that `word` was probably meant to be, if one is near enough.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let far = word.chars().count().div_ceil(3).max(1);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        if candidate == word {
            continue;
        }
        let distance = if same_letters(word, candidate) { 0 } else { strsim::damerau_levenshtein(word, candidate) };
        // Two slips in one word leave its beginning alone: `small` is not `all`. Names of a letter or two have hardly anything in
        // common even where one letter differs: `y` is not `s`.
        let longest = word.chars().count().max(candidate.chars().count());
        let begins_alike = word.chars().next() == candidate.chars().next();
        let plausible = distance == 0 || distance * 2 < longest && (distance < 2 || begins_alike);
        if distance <= far && plausible && best.is_none_or(|(d, c)| (distance, candidate) < (d, c)) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Is `near` so surely what `word` was meant to be that nobody need ask? Its letters are the same, or one of at least four
/// is wrong, missing or too many. Names that differ in a number never are: they name different things.
pub fn is_slip(word: &str, near: &str) -> bool {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let long = word.chars().count().min(near.chars().count()) >= 4;
    digits(word) == digits(near) && (same_letters(word, near) || long && strsim::damerau_levenshtein(word, near) <= 1)
}

/// `log_level`, `logLevel` and `log-level` are one word to a reader.
fn same_letters(a: &str, b: &str) -> bool {
    let letters =
        |t: &str| t.chars().filter(|c| c.is_alphanumeric()).map(|c| c.to_ascii_lowercase()).collect::<String>();
    letters(a) == letters(b)
}

/// `; did you mean `memory`?`, or nothing.
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    closest(word, candidates).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_offered_and_far_ones_are_not() {
        assert_eq!(closest("memroy", ["memory", "mac", "cpus"]), Some("memory"));
        assert_eq!(closest("logLevel", ["log-level", "level"]), Some("log-level"));
        assert_eq!(closest("zebra", ["memory", "mac"]), None);
        assert_eq!(closest("small", ["all", "name"]), None);
        assert_eq!(closest("y", ["s", "x"]), None);
        assert_eq!(closest("ip", ["up", "ips"]), Some("ips"));
    }

    #[test]
    fn only_slips_need_no_decision() {
        assert!(is_slip("memori", "memory") && is_slip("logLevel", "log-level") && is_slip("retenton", "retention"));
        assert!(!is_slip("worker-3", "worker-1") && !is_slip("base-3", "base-1"));
        assert!(!is_slip("wan", "lan") && !is_slip("nope2", "node") && !is_slip("memroi", "memory"));
    }
}
