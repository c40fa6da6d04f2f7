//! Who refers to something; renaming all of them.

use crate::{Analysis, FilePosition};
use kss_sema::{DeclKind, Target, Usage};
use kss_span::{Edit, FileId, TextRange};

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
        self.references_to(&word.target, &name)
    }

    /// All words in the file of a position that refer to what stands there.
    pub fn highlights(&self, at: FilePosition) -> Vec<Reference> {
        self.references(at).into_iter().filter(|r| r.file == at.file).collect()
    }

    /// All words that refer to `target`, which is called `name` everywhere.
    pub(crate) fn references_to(&self, target: &Target, name: &str) -> Vec<Reference> {
        let target = self.canonical(target);
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
                let range = spans.get(word.node as usize).copied().unwrap_or_default();
                if !range.is_empty() {
                    out.push(Reference { file, range, usage: word.usage.into() });
                }
            }
        }
        out.sort();
        out.dedup_by(|b, a| a.file == b.file && a.range == b.range);
        out
    }

    /// The word that a rename would change, if what it refers to can be renamed.
    ///
    /// # Errors
    /// Says why not.
    pub fn prepare_rename(&self, at: FilePosition) -> Result<TextRange, RenameError> {
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
        let declared = self.navigate(&word.target);
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
        Ok(range)
    }

    /// The edits that rename what stands at a position.
    ///
    /// # Errors
    /// Says why it can't be renamed, or not so.
    pub fn rename(&self, at: FilePosition, new: &str) -> Result<Vec<Edit>, RenameError> {
        self.prepare_rename(at)?;
        if !is_name(new) {
            return Err(RenameError(format!(
                "`{new}` is no name: names are letters, digits, `_` and `-` between them, and begin with a letter"
            )));
        }
        let references = self.references(at);
        let mut edits = Vec::new();
        for reference in references {
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
