//! A file is renamed: imports follow it.

use crate::Analysis;
use kss_span::{Edit, FileId, Symbol, TextRange};
use kss_syntax::ast::{Import, StmtKind};

impl Analysis {
    /// The edits that a renaming of `file` to `new` (a path as messages name it) needs: imports of it, and its own.
    pub fn rename_file(&self, file: FileId, new: &str) -> Vec<Edit> {
        let old = Symbol::new(self.path(file));
        let new = Symbol::new(new);
        let mut out = Vec::new();
        for other in self.session().files() {
            if self.session().on_disk(other).is_none() {
                continue;
            }
            let (Some(items), Some(parsed)) = (self.items(other), self.parsed(other)) else { continue };
            let here = Symbol::new(self.path(other));
            for (decl, spans) in items.decls.iter().zip(&parsed.spans) {
                let StmtKind::Import(import) = &decl.stmt.kind else { continue };
                let Some(target) = self.imported(here, import) else { continue };
                let (from, to) = match (other == file, target == old) {
                    (true, _) => (new, target),
                    (false, true) => (here, new),
                    (false, false) => continue,
                };
                let whole = spans.get(decl.stmt.id.0 as usize).copied().unwrap_or_default();
                out.extend(self.respelled(other, import, spans, whole, from, to));
            }
        }
        out
    }

    /// The file that an import names, if it names one and not a folder.
    fn imported(&self, from: Symbol, import: &Import) -> Option<Symbol> {
        let mut parts: Vec<&str> = Vec::new();
        if let Some(up) = import.relative {
            let folders: Vec<&str> = from.split('/').collect();
            parts.extend(&folders[..folders.len().saturating_sub(1 + up as usize)]);
        }
        let words = match &import.names {
            None => &import.path[..import.path.len().saturating_sub(1)],
            Some(_) => &import.path,
        };
        parts.extend(words.iter().map(|n| n.text.as_str()));
        let path = format!("{}.kss", parts.join("/"));
        self.file(&path).map(|_| Symbol::new(&path))
    }

    fn respelled(
        &self,
        file: FileId,
        import: &Import,
        spans: &[TextRange],
        whole: TextRange,
        from: Symbol,
        to: Symbol,
    ) -> Option<Edit> {
        import.relative?;
        let words = match &import.names {
            None => &import.path[..import.path.len().saturating_sub(1)],
            Some(_) => &import.path,
        };
        let last = words.last().and_then(|n| spans.get(n.id.0 as usize))?;
        let text = self.text(file);
        let statement = text.get(whole.range())?;
        let begin = whole.lo
            + statement.find("./").map(|at| at.saturating_sub(usize::from(statement[..at].ends_with('.'))))? as u32;
        let spelled = relative(&from, &to);
        let range = TextRange::new(begin, last.hi);
        (text.get(range.range()) != Some(&spelled)).then(|| Edit::replace(range.at(file), spelled))
    }
}

/// `to` as an import in the file `from` spells it, without its ending.
fn relative(from: &str, to: &str) -> String {
    let folder: Vec<&str> = from.split('/').collect();
    let folder = &folder[..folder.len() - 1];
    let target: Vec<&str> = to.strip_suffix(".kss").unwrap_or(to).split('/').collect();
    let common = folder.iter().zip(&target).take_while(|(a, b)| a == b).count();
    let up = folder.len() - common;
    let start = if up == 0 { "./".to_owned() } else { "../".repeat(up) };
    format!("{start}{}", target[common..].join("."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Fixture;

    #[test]
    fn imports_follow_a_file() {
        let fixture = Fixture::new(
            "//- a.kss\nimport ./lib.b.lan\n//- lib/b.kss\nimport ../c.x\nlet lan = x\n//- c.kss\nlet x = 1\n",
        );
        let analysis = fixture.analysis();
        let edits = analysis.rename_file(FileId(1), "net/deep/b2.kss");
        let found: Vec<(u32, String, &str)> = edits
            .iter()
            .map(|e| (e.span.file.0, analysis.text(e.span.file)[e.span.range.range()].to_owned(), e.text.as_str()))
            .collect();
        assert_eq!(found, [(0, "./lib.b".to_owned(), "./net.deep.b2"), (1, "../c".to_owned(), "../../c")]);
    }

    #[test]
    fn paths_are_spelled_from_the_file() {
        assert_eq!(relative("a.kss", "b.kss"), "./b");
        assert_eq!(relative("x/a.kss", "y/b.kss"), "../y.b");
    }
}
