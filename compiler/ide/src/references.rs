//! Who refers to something; renaming all of them.

use crate::homes::{Home, may_be_one};
use crate::{Analysis, FilePosition, Place};
use kss_sema::{DeclKind, Target, Usage, Word};
use kss_span::{Edit, FileId, ItemId, TextRange};

/// A word that refers to what was asked for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Reference {
    /// Its file.
    pub file: FileId,
    /// The word.
    pub range: TextRange,
    /// How it uses it.
    pub usage: UsageOrd,
}

/// [`Usage`] with an order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum UsageOrd {
    /// See [`Usage::Declare`].
    Declare,
    /// See [`Usage::Write`].
    Write,
    /// See [`Usage::Read`].
    Read,
}

impl From<Usage> for UsageOrd {
    fn from(usage: Usage) -> UsageOrd {
        match usage {
            Usage::Declare => UsageOrd::Declare,
            Usage::Write => UsageOrd::Write,
            Usage::Read => UsageOrd::Read,
        }
    }
}

/// Why something can't be renamed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RenameError(pub String);

impl Analysis {
    /// All words that refer to what stands at a position, in the order of files and texts; also the declarations.
    pub fn references(&self, at: FilePosition) -> Vec<Reference> {
        let Some(place) = self.place(at) else { return Vec::new() };
        let Some((word, range)) = self.word(&place) else { return Vec::new() };
        let name = self.text(at.file).get(range.range()).unwrap_or_default().trim_matches('"').to_owned();
        self.uses(place.item, &word, &name).into_iter().map(|(reference, _)| reference).collect()
    }

    /// All words in the file of a position that refer to what stands there.
    pub fn highlights(&self, at: FilePosition) -> Vec<Reference> {
        self.references(at).into_iter().filter(|r| r.file == at.file).collect()
    }

    /// All words that refer to what `asked`, a word of `from`, refers to, each with whether it can mean nothing else. It is called
    /// `name` everywhere.
    fn uses(&self, from: ItemId, asked: &Word, name: &str) -> Vec<(Reference, bool)> {
        let target = self.canonical(&asked.target);
        let home = self.home_of(from, asked);
        let mut out = Vec::new();
        let items = match &target {
            // A variable is known in its item alone.
            Target::At(origin) if self.nav_of(*origin).is_some_and(|nav| nav.kind.is_none()) => {
                self.file_of(origin.item).map(|file| (origin.item, file)).into_iter().collect()
            }
            _ => self.items_naming(name),
        };
        for (item, file) in items {
            let Some((_, spans)) = self.spans_of(item) else { continue };
            for word in &self.index(item).words {
                if !same(&self.canonical(&word.target), &target) {
                    continue;
                }
                let here = self.home_of(item, word);
                if !may_be_one(home, here) {
                    continue;
                }
                let surely = home == here;
                let range = spans.get(word.node as usize).copied().unwrap_or_default();
                if !range.is_empty() {
                    out.push((Reference { file, range, usage: word.usage.into() }, surely));
                }
            }
        }
        out.sort();
        out.dedup_by(|(b, _), (a, _)| a.file == b.file && a.range == b.range);
        out
    }

    /// Is there another entry of the same kind and name?
    fn lives_elsewhere(&self, item: ItemId, word: &Word) -> bool {
        let Target::Entry(entry) = &word.target else { return false };
        self.heads_of(entry, None).len() > self.heads_of(entry, self.home(item, word.node, entry)).len()
    }

    fn home_of(&self, item: ItemId, word: &Word) -> Option<Home> {
        match &word.target {
            Target::Entry(entry) => self.home(item, word.node, entry),
            _ => None,
        }
    }

    /// The word that a rename would change, if what it refers to can be renamed.
    ///
    /// # Errors
    /// Says why not.
    pub fn prepare_rename(&self, at: FilePosition) -> Result<TextRange, RenameError> {
        self.renamable(at).map(|(_, _, range)| range)
    }

    fn renamable(&self, at: FilePosition) -> Result<(Place, Word, TextRange), RenameError> {
        let no = |text: &str| RenameError(text.to_owned());
        let place = self.place(at).ok_or_else(|| no("there is nothing to rename here"))?;
        let (word, range) = self.word(&place).ok_or_else(|| no("there is nothing to rename here"))?;
        match &word.target {
            Target::Method(..) | Target::Builtin(_) | Target::Implicit(_) => {
                return Err(no("this is a part of the language, its name is fixed"));
            }
            Target::Scope(_) => return Err(no("the scopes have fixed names")),
            Target::File(_) => return Err(no("rename the file itself: imports follow it")),
            Target::At(_) | Target::Entry(_) | Target::Case(..) => {}
        }
        let declared = self.navigate_word(place.item, &word);
        if declared.is_empty() {
            return Err(no("it isn't clear where this is declared, so not every use of it would be found"));
        }
        if let Some(of_library) = declared.iter().find(|nav| self.session().on_disk(nav.file).is_none()) {
            let path = self.path(of_library.file);
            return Err(RenameError(format!("`{}` is declared in the standard library ({path})", of_library.name)));
        }
        if declared.iter().any(|nav| nav.kind == Some(DeclKind::Test)) {
            return Err(no("a test's title is a text"));
        }
        if self.text(at.file).get(range.range()).is_some_and(|t| t.contains('{')) {
            return Err(no("this word stands for several names"));
        }
        Ok((place, word, range))
    }

    /// The edits that rename what stands at a position.
    ///
    /// # Errors
    /// Says why it can't be renamed, or not so.
    pub fn rename(&self, at: FilePosition, new: &str) -> Result<Vec<Edit>, RenameError> {
        let (place, word, range) = self.renamable(at)?;
        if !is_name(new) {
            return Err(RenameError(format!(
                "`{new}` is no name: names are letters, digits, `_` and `-` between them, and begin with a letter"
            )));
        }
        let name = self.text(at.file).get(range.range()).unwrap_or_default().trim_matches('"').to_owned();
        let uses = self.uses(place.item, &word, &name);
        if let Some((use_, _)) = uses.iter().find(|(_, surely)| !surely)
            && self.lives_elsewhere(place.item, &word)
        {
            let line = kss_span::LineIndex::new(self.text(use_.file)).line(use_.range.lo) + 1;
            return Err(RenameError(format!(
                "`{name}` is declared in several scopes, and {}:{line} means that of each: it would lose this one",
                self.short_path(use_.file)
            )));
        }
        let mut edits = Vec::new();
        for (reference, _) in uses {
            let old = self.text(reference.file).get(reference.range.range()).unwrap_or_default();
            if old.contains('{') {
                return Err(RenameError(format!("`{old}` stands for several names; write them out first")));
            }
            let text = if old.starts_with('"') { format!("\"{new}\"") } else { new.to_owned() };
            edits.push(Edit::replace(reference.range.at(reference.file), text));
        }
        Ok(edits)
    }
}

/// Do both mean the same? An entry that is named without its module is that of any module.
fn same(a: &Target, b: &Target) -> bool {
    match (a, b) {
        (Target::Entry(a), Target::Entry(b)) => {
            a.kind == b.kind && a.name == b.name && (a.module == b.module || a.module.is_none() || b.module.is_none())
        }
        _ => a == b,
    }
}

fn is_name(text: &str) -> bool {
    let parsed = kss_syntax::lex(text);
    matches!(parsed.as_slice(), [kss_syntax::Token { kind: kss_syntax::TokenKind::Word, .. }])
}

#[cfg(test)]
mod tests {
    use crate::testing::Fixture;

    fn check(text: &str) {
        let fixture = Fixture::new(text);
        let found: Vec<_> =
            fixture.analysis().references(fixture.at()).into_iter().map(|r| (r.file, r.range)).collect();
        assert_eq!(found, fixture.marks);
    }

    #[test]
    fn across_files() {
        check(
            r"
//- a.kss
import ./b.lan
#          ^^^
let x = lan
#       ^^^
//- b.kss
let la$0n = 10.0.0.0/24
#   ^^^
",
        );
    }

    #[test]
    fn of_a_field_read_and_written() {
        check(
            r"
type Disk {
  si$0ze : Size
# ^^^^
}
let d : Disk = { size = 8GiB }
#                ^^^^
let e = d.size
#         ^^^^
let size = 4
",
        );
    }

    #[test]
    fn of_an_entry() {
        check(
            r"
module m {
  namespace we$0b {}
#           ^^^
  manifest ConfigMap web in web { }
#                           ^^^
  let n = namespace.web
#                   ^^^
}
site s {}
cluster c in s {
  use m
  tune namespace web { }
#                ^^^
}
",
        );
    }

    const TWO: &str = "//- lib.kss
module m {
  let first = node.worker.ip
}
//- main.kss
site s {}
cluster a in s {
  node worker { ip = 10.0.0.1 }
  let first = node.worker.ip
}
//- second.kss
import ./main.s
cluster b in s {
  node wor$0ker { ip = 10.0.0.2 }
  let second = node.worker.ip
}
";

    #[test]
    fn an_entry_of_another_cluster_is_another() {
        let fixture = Fixture::new(TWO);
        let (analysis, at) = (fixture.analysis(), fixture.at());
        assert_eq!(analysis.goto_definition(at).len(), 1, "that of this cluster");
        let files: Vec<u32> = analysis.references(at).into_iter().map(|r| r.file.0).collect();
        assert_eq!(files, [0, 2, 2], "a module may mean it, the other cluster does not");
        let refused = analysis.rename(at, "agent").expect_err("the module means both").0;
        assert!(refused.contains("`worker` is declared in several scopes, and lib.kss:2"), "{refused}");
        let without = TWO.replace("let first = node.worker.ip", "let first = 1");
        let fixture = Fixture::new(&without);
        let edits = fixture.analysis().rename(fixture.at(), "agent").expect("nobody else means it");
        assert_eq!(edits.iter().map(|e| e.span.file.0).collect::<Vec<_>>(), [2, 2]);
    }

    #[test]
    fn entries_of_the_site_are_found_from_its_clusters() {
        check(
            r"
site s {
  network la$0n { cidr = 10.0.0.0/24 }
#         ^^^
}
cluster c in s {
  let net = site.network.lan
#                        ^^^
}
cluster d in s {
  let net = network.lan
#                   ^^^
}
",
        );
    }

    #[test]
    fn rename_changes_all_and_only_names() {
        let fixture = Fixture::new("let la$0n = 1\nlet x = lan + 1\n");
        let edits = fixture.analysis().rename(fixture.at(), "net").expect("it can be renamed");
        assert_eq!(edits.len(), 2);
        assert!(fixture.analysis().rename(fixture.at(), "1x").is_err());
        let library = Fixture::new("let n : Na$0me = \"a\"\n");
        assert!(library.analysis().prepare_rename(library.at()).is_err());
    }
}
