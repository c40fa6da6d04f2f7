//! What every contextual word is for, in a sentence or two: shown by editors and in the reference.

/// Each word of [`crate::KEYWORDS`] with its explanation.
pub const WORD_DOCS: &[(&str, &str)] = &[
    ("import", "Takes names of another file: `import ./homelab.homelab`, `import std.net.policy.{side, end-port}`."),
    ("site", "Declares the site: what all clusters share. In a value: the site around."),
    ("cluster", "Declares a cluster of a site: `cluster kss in homelab { … }`. In a value: the cluster around."),
    (
        "module",
        "Declares a module: options, what it needs and provides, and the entries that it makes wherever it is used.",
    ),
    ("type", "Declares a type: a record, a union of cases, or another type with a condition (`where`)."),
    ("fn", "Declares a pure function: `fn fqdn(host: Name, zone: Domain) -> Domain = \"${host}.${zone}\"`."),
    (
        "capability",
        "Declares something that modules may need and that one of them provides: `capability cni : Cni one per cluster`.",
    ),
    (
        "intent",
        "Declares a kind of entries that say what is wanted. The module that provides the capability behind `for` turns them into outputs.",
    ),
    ("output", "Declares a kind of entries that become files."),
    ("test", "Declares a test: variants of a cluster or site and what is expected of them. `kssc test` runs it."),
    ("let", "Names a value. Nobody can override it."),
    ("option", "Declares an option of a module: whoever uses the module may set it, whoever tunes it may change it."),
    ("use", "Puts a module into use in this scope, with values of its options."),
    ("needs", "Says which capability or field of the site the module can't do without. With `?` it may be absent."),
    ("provide", "Provides a capability: the fields of its record."),
    ("tune", "Changes an entry, or options of a module, that somebody else wrote."),
    ("each", "Says something of every entry of a kind: `each node where role == server { … }`."),
    ("remove", "Takes an entry, a module in use or a key away."),
    ("check", "States a condition that has to hold wherever this is evaluated, with the message if it does not."),
    ("covered", "Says that an entry of an intent needs no output here, and why."),
    ("ignore", "Says why the module does not read a field of an intent that it lowers."),
    ("unchecked", "Takes a key out of the check against the foreign schema, with a reason."),
    ("given", "Begins a variant in a test: `given before = kss with { … }`."),
    ("expect", "States what has to hold of the variant of a test."),
    ("fail", "Stops with a message where no value is right."),
    ("shared", "Several modules may declare the same entry of this kind; what they say is merged."),
    ("optional", "Entries of this intent may go unread."),
    (
        "private",
        "The value comes from the private overlay. It is shown nowhere, and in the tracked files a placeholder stands for it.",
    ),
    ("default", "The value counts only if nobody else gives one."),
    ("override", "The value wins over those of modules, sites and clusters. Say why with `because`."),
    ("force", "The value wins over everything else, `override` included. Say why with `because`."),
    ("append", "Adds to a list instead of replacing it."),
    (
        "if",
        "Decides: `if c then a else b` as a value, `if c { … } else { … }` among statements, and as a filter of a loop.",
    ),
    ("then", "Stands before the value that counts if the condition holds."),
    ("else", "Stands before what counts otherwise; behind a condition: the message if it does not hold."),
    ("for", "Repeats for each element: `for k, v in map { … }`. Behind `module`: the scope in which it is used."),
    ("match", "Decides by the case of a value. Every case has to be covered."),
    ("every", "Holds if the condition holds for all: `every a in x: a > 0`."),
    ("some", "Holds if the condition holds for at least one. Of a capability: one or more providers."),
    ("no", "Holds if the condition holds for none."),
    ("where", "A condition that a value has to meet; `it` is the value. Of `each`: which entries are meant."),
    ("because", "The reason, shown wherever the value is explained."),
    ("by", "Writes a list as a map: its keys become that field of the elements."),
    ("one", "Exactly one provider, or one record without a name."),
    ("per", "Of which scope there is one, or in which scope names are unique."),
    ("at", "`at most one`; behind `expect error` and `fail`: the place."),
    ("most", "`at most one`: one provider or none."),
    ("with", "What a variant of a test changes; behind `fail`: what else is shown."),
    ("code", "The code of the message of a `check`."),
    ("error", "An error that a test expects, with its code."),
    ("containing", "What no output may contain."),
    ("owner", "The module that wrote an entry."),
    ("and", "Both hold. The right side is evaluated only if the left one holds."),
    ("or", "At least one holds. The right side is evaluated only if the left one does not."),
    ("not", "Holds if the condition does not."),
    (
        "in",
        "Is it an element, or an address of a network or range? In a loop: what it goes through. Behind a head: the namespace, or the site of a cluster.",
    ),
    ("is", "Tests the case or the type of a value: `x is Ip`, `needs.sso is present`."),
    ("true", "Holds."),
    ("false", "Does not hold."),
    ("none", "Absent: the value of an optional field that nobody set. In data it writes no key."),
    ("null", "The `null` of JSON and YAML, for foreign data."),
    ("ref", "A reference to an entry of a kind: `ref network`."),
    ("set", "A set: elements without order, each once."),
    ("Later", "A value that is known only after OpenTofu ran."),
];

/// What a contextual word is for; none of other words.
pub fn word_doc(word: &str) -> Option<&'static str> {
    WORD_DOCS.iter().find(|(known, _)| *known == word).map(|(_, doc)| *doc)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where the reference shows the table.
    const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference/words.md");

    #[test]
    fn the_reference_shows_the_table() {
        let mut wanted = String::from("| word | what it is for |\n| --- | --- |\n");
        for (word, doc) in WORD_DOCS {
            wanted.push_str(&format!("| `{word}` | {} |\n", doc.replace('|', "\\|")));
        }
        let page = std::fs::read_to_string(PAGE).expect("the page is there");
        let (_, table) = page.split_once("\n\n| word").expect("there is a table");
        assert_eq!(format!("| word{table}"), wanted, "write the table of {PAGE} anew");
    }

    #[test]
    fn every_word_is_explained_once_and_in_the_same_order() {
        let words: Vec<&str> = crate::KEYWORDS.iter().map(|(word, _)| *word).collect();
        let explained: Vec<&str> = WORD_DOCS.iter().map(|(word, _)| *word).collect();
        assert_eq!(words, explained);
        assert!(WORD_DOCS.iter().all(|(_, doc)| doc.ends_with('.')));
        assert_eq!(word_doc("server"), None);
    }
}
