//! Small projects as text: `//- path` begins a file, `$0` is the cursor, `^^^` below a line marks what is expected.

use crate::{Analysis, FilePosition, Host};
use kss_project::{Loaded, SourceText};
use kss_span::{FileId, Symbol, TextRange};
use std::path::PathBuf;

/// A project from a text, with the library behind it.
pub(crate) struct Fixture {
    pub(crate) host: Host,
    pub(crate) cursor: Option<FilePosition>,
    /// What the marks point to.
    pub(crate) marks: Vec<(FileId, TextRange)>,
}

impl Fixture {
    pub(crate) fn new(text: &str) -> Fixture {
        let mut loaded = Loaded::default();
        let mut fixture_cursor = None;
        let mut marks = Vec::new();
        for (path, body) in split(text) {
            let id = FileId(loaded.files.len() as u32);
            let (body, found) = take_marks(&body);
            let cursor = body.find("$0");
            // Behind the cursor everything moves when it goes.
            let moved = |at: u32| if cursor.is_some_and(|c| (c as u32) < at) { at - 2 } else { at };
            let line_of = |at: usize| body[..at].rfind('\n');
            marks.extend(found.into_iter().map(|range| {
                let same_line = cursor.is_some_and(|c| line_of(c) == line_of(range.lo as usize));
                let range = if same_line { range } else { TextRange::new(moved(range.lo), moved(range.hi)) };
                (id, range)
            }));
            let body = body.replacen("$0", "", 1);
            if let Some(at) = cursor {
                fixture_cursor = Some(FilePosition { file: id, offset: at as u32 });
            }
            let disk = Some(PathBuf::from(&path));
            loaded.files.push(SourceText { id, path: Symbol::new(&path), disk, text: body.into() });
        }
        let own = loaded.files.len() as u32;
        for (at, (path, text)) in kss_project::standard_library().into_iter().enumerate() {
            let id = FileId(own + at as u32);
            loaded.files.push(SourceText { id, path: Symbol::new(path), disk: None, text: text.into() });
        }
        Fixture { host: Host::new(loaded), cursor: fixture_cursor, marks }
    }

    pub(crate) fn analysis(&self) -> Analysis {
        self.host.snapshot()
    }

    pub(crate) fn at(&self) -> FilePosition {
        self.cursor.expect("the fixture has a cursor")
    }
}

fn split(text: &str) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> = Vec::new();
    for line in text.trim_start_matches('\n').lines() {
        match line.trim().strip_prefix("//- ") {
            Some(path) => out.push((path.trim().to_owned(), String::new())),
            None => {
                if out.is_empty() {
                    out.push(("main.kss".to_owned(), String::new()));
                }
                let (_, body) = out.last_mut().expect("there is a file");
                body.push_str(line);
                body.push('\n');
            }
        }
    }
    out
}

/// Takes lines of `# ^^^` out; each marks the text above it.
fn take_marks(text: &str) -> (String, Vec<TextRange>) {
    let mut out = String::new();
    let mut marks = Vec::new();
    let mut line_start = 0;
    for line in text.lines() {
        let is_mark = line.trim_start().strip_prefix('#').is_some_and(|rest| rest.trim_start().starts_with('^'));
        if is_mark {
            let from = line.find('^').expect("a mark");
            let len = line[from..].chars().take_while(|c| *c == '^').count();
            // The mark counts as if the cursor of its line were not there.
            let lo = (line_start + from) as u32;
            marks.push(TextRange::new(lo, lo + len as u32));
        } else {
            line_start = out.len();
            out.push_str(line);
            out.push('\n');
        }
    }
    (out, marks)
}

/// The reference site, as it lies in the repository.
pub(crate) fn clusters() -> Host {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../clusters");
    let loaded = kss_project::load(&[folder]).expect("the clusters are there");
    Host::new(loaded)
}

/// The place of `$0` in `text`, which stands in the file whose path ends with `path`.
pub(crate) fn position(analysis: &Analysis, path: &str, text: &str) -> FilePosition {
    let files = analysis.session().files();
    let file = files.into_iter().find(|f| analysis.path(*f).ends_with(path)).expect("the file is there");
    let (before, after) = text.split_once("$0").expect("there is a cursor");
    let whole = analysis.text(file);
    let at = whole.find(&format!("{before}{after}")).unwrap_or_else(|| panic!("`{path}` has no `{text}`"));
    FilePosition { file, offset: (at + before.len()) as u32 }
}
