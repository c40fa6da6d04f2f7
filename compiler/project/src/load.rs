//! Finding and reading the files of a project.

use kss_diag::{Diagnostic, code};
use kss_schema::{Lock, LockProblem, SchemaSet};
use kss_span::{FileId, Symbol, TextRange};
use rayon::prelude::*;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

/// A file with its text.
#[derive(Clone, Debug)]
pub struct SourceText {
    /// Its number: the position in [`Loaded::files`].
    pub id: FileId,
    /// Path from the root of the project, `/` between folders; of the library `std/…`.
    pub path: Symbol,
    /// Where it lies; the library has no place on disk.
    pub disk: Option<PathBuf>,
    /// Its text.
    pub text: Arc<str>,
}

/// A project's files: its own first, then the library's.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// Folder that paths are relative to.
    pub root: PathBuf,
    /// All files.
    pub files: Vec<SourceText>,
    /// What the library and the project's lock know of the outside.
    pub schemas: SchemaSet,
    /// Files that the deploy tree gets as they are, by their paths in it: `charts/…` of the project's folder.
    pub carried: Vec<(String, Arc<[u8]>)>,
    /// What else was read: files that the lock names, each with its digest.
    pub locked: Vec<(String, String)>,
    /// Files that can't be read or are no text, and what is wrong with the lock.
    pub diags: Vec<Diagnostic>,
}

impl Loaded {
    /// A digest of everything here that a check or a build is made from: the compiler, the sources, the lock with its files, and
    /// the charts. What is read on the way ([`crate::Assets`]) comes on top of it. None if the program does not know itself.
    pub fn digest(&self) -> Option<String> {
        let mut hasher = blake3::Hasher::new();
        let mut add = |part: &[u8]| {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        };
        add(program()?.as_bytes());
        for list in [self.files.len(), self.diags.len(), self.carried.len(), self.locked.len()] {
            add(&(list as u64).to_le_bytes());
        }
        for file in &self.files {
            add(file.path.as_bytes());
            add(file.text.as_bytes());
        }
        // The text of a file that can't be read is empty.
        for diag in &self.diags {
            add(format!("{:?} {}", diag.place, diag.message).as_bytes());
        }
        for (path, bytes) in &self.carried {
            add(path.as_bytes());
            add(bytes);
        }
        for (path, digest) in &self.locked {
            add(path.as_bytes());
            add(digest.as_bytes());
        }
        Some(hasher.finalize().to_hex().to_string())
    }
}

/// What tells this program from another one: while one is developed its version stays the same, and where packages have the
/// time 1 the path tells them apart.
fn program() -> Option<String> {
    let path = std::env::current_exe().ok()?;
    let meta = std::fs::metadata(&path).ok()?;
    let modified = meta.modified().ok()?;
    Some(format!("{} {} {} {modified:?}", env!("CARGO_PKG_VERSION"), path.display(), meta.len()))
}

impl Default for Loaded {
    fn default() -> Loaded {
        Loaded {
            root: PathBuf::from("."),
            files: Vec::new(),
            schemas: LIBRARY.clone(),
            carried: Vec::new(),
            locked: Vec::new(),
            diags: Vec::new(),
        }
    }
}

/// Schemas that the library locks.
pub(crate) static LIBRARY: LazyLock<SchemaSet> = LazyLock::new(|| SchemaSet::new(kss_stdlib::LOCK));

/// A failure of the machine, not of the sources.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The path that was named is not there.
    #[error("there is no `{0}`")]
    Missing(String),
    /// A folder can't be listed.
    #[error("`{0}` can't be read: {1}")]
    Folder(String, std::io::Error),
    /// A file can't be read.
    #[error("`{0}` can't be read: {1}")]
    File(String, std::io::Error),
    /// There is no source at all.
    #[error("there is no .kss file in `{0}`; `kssc init` begins a project")]
    NoSources(String),
}

/// Reads the project that `paths` belong to: all `.kss` files of each folder and below, and of each file its folder.
/// The root is the folder itself, so that messages name files as the user does.
pub fn load(paths: &[PathBuf]) -> Result<Loaded, LoadError> {
    let mut found: Vec<PathBuf> = Vec::new();
    for path in paths {
        // An empty path is the current folder.
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path.as_path() };
        let meta = std::fs::metadata(path).map_err(|_| LoadError::Missing(shown(path)))?;
        if meta.is_dir() {
            walk(path, &mut found)?;
        } else {
            let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
            walk(folder, &mut found)?;
        }
    }
    found.sort();
    found.dedup();
    if found.is_empty() {
        let folders: Vec<String> = paths.iter().map(|path| shown(path)).collect();
        let folders = folders.join("`, `");
        return Err(LoadError::NoSources(if folders.is_empty() { ".".to_owned() } else { folders }));
    }
    let read: Vec<(PathBuf, std::io::Result<Vec<u8>>)> =
        found.into_par_iter().map(|p| (p.clone(), std::fs::read(p))).collect();
    let mut out = Loaded::default();
    for (path, bytes) in read {
        let name = Symbol::new(&shown(&path));
        let id = FileId(out.files.len() as u32);
        let (text, diag) = decode(bytes);
        out.diags.extend(diag.map(|(code, message, at, fix)| code.at(at.at(id), message).help(fix)));
        out.files.push(SourceText { id, path: name, disk: Some(path), text });
    }
    lock(paths, &mut out);
    charts(paths, &mut out)?;
    let own = out.files.len() as u32;
    for (at, (path, text)) in standard_library().into_iter().enumerate() {
        out.files.push(SourceText {
            id: FileId(own + at as u32),
            path: Symbol::new(path),
            disk: None,
            text: text.into(),
        });
    }
    Ok(out)
}

/// The lock that the files at `paths` belong to: beside them, or in the nearest folder above. The search ends at the top of
/// a repository, so that no project takes the lock of another one around it.
pub fn find_lock(paths: &[PathBuf]) -> Option<PathBuf> {
    paths.iter().find_map(|path| {
        let folder = if path.is_dir() { path.clone() } else { folder_of(path) };
        above(&folder).into_iter().map(|folder| folder.join(LOCK)).find(|path| path.is_file())
    })
}

/// Name of the lock.
const LOCK: &str = "kss.lock";

/// `folder` and all above it up to the top of the repository, spelled from where the user is as long as that is possible.
fn above(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = Vec::new();
    let climbs = folder.components().any(|part| part == std::path::Component::ParentDir);
    let written: Vec<PathBuf> =
        if climbs { vec![folder.to_owned()] } else { folder.ancestors().map(Path::to_owned).collect() };
    let absolute = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let beyond = absolute.ancestors().skip(written.len()).map(Path::to_owned);
    for folder in written.into_iter().chain(beyond) {
        let top = folder.join(".git").exists();
        found.push(folder);
        if top {
            break;
        }
    }
    found
}

fn folder_of(path: &Path) -> PathBuf {
    path.parent().map(Path::to_owned).unwrap_or_default()
}

/// Reads the project's `kss.lock`, if there is one.
fn lock(paths: &[PathBuf], out: &mut Loaded) {
    let Some(path) = find_lock(paths) else { return };
    let id = FileId(out.files.len() as u32);
    let (text, diag) = decode(std::fs::read(&path));
    out.diags.extend(diag.map(|(code, message, at, fix)| code.at(at.at(id), message).help(fix)));
    let folder = folder_of(&path);
    let (schemas, problems) = match Lock::parse(&text) {
        Ok(lock) => {
            let locked = &mut out.locked;
            let read = |name: &str| {
                let text = std::fs::read_to_string(folder.join(name)).ok();
                let digest = text.as_ref().map(|text| blake3::hash(text.as_bytes()).to_hex().to_string());
                locked.push((name.to_owned(), digest.unwrap_or_default()));
                text.map(Arc::from)
            };
            LIBRARY.with_project(lock, read)
        }
        Err(problem) => (LIBRARY.clone(), vec![problem]),
    };
    out.schemas = schemas;
    out.diags.extend(problems.iter().map(|p| code::NOT_LOCKED.at(place_in(&text, p).at(id), p.to_string())));
    out.files.push(SourceText { id, path: Symbol::new(&shown(&path)), disk: Some(path), text });
}

/// Reads the charts of the project: the folder `charts` beside the lock, or beside the sources where there is none.
fn charts(paths: &[PathBuf], out: &mut Loaded) -> Result<(), LoadError> {
    let beside = find_lock(paths).map(|lock| folder_of(&lock));
    let own = paths.iter().map(|path| if path.is_dir() { path.clone() } else { folder_of(path) });
    let Some(folder) = beside.into_iter().chain(own).map(|folder| folder.join(CHARTS)).find(|folder| folder.is_dir())
    else {
        return Ok(());
    };
    let mut files = Vec::new();
    every_file(&folder, CHARTS, &mut files)?;
    files.sort();
    for (path, disk) in files {
        let bytes = std::fs::read(&disk).map_err(|e| LoadError::File(shown(&disk), e))?;
        out.carried.push((path, bytes.into()));
    }
    Ok(())
}

/// Folder of the project's own charts, and its name in the deploy tree.
const CHARTS: &str = "charts";

/// All files below `folder`, each with its path in the tree. What Git keeps for itself is left out.
fn every_file(folder: &Path, path: &str, out: &mut Vec<(String, PathBuf)>) -> Result<(), LoadError> {
    for entry in std::fs::read_dir(folder).map_err(|e| LoadError::Folder(shown(folder), e))? {
        let entry = entry.map_err(|e| LoadError::Folder(shown(folder), e))?;
        let name = entry.file_name();
        let inside = format!("{path}/{}", name.to_string_lossy());
        match entry.path().is_dir() {
            true if name != ".git" => every_file(&entry.path(), &inside, out)?,
            true => {}
            false => out.push((inside, entry.path())),
        }
    }
    Ok(())
}

/// The line of the lock that a problem is about.
fn place_in(text: &str, problem: &LockProblem) -> TextRange {
    let path = match problem {
        LockProblem::Unreadable { .. } => return TextRange::empty(0),
        LockProblem::MissingFile { path }
        | LockProblem::OtherHash { path, .. }
        | LockProblem::OtherThing { path, .. } => path,
    };
    let at = text.find(path.as_str()).unwrap_or(0) as u32;
    TextRange::new(at, at + path.len() as u32)
}

/// Why a file has no text: code, message, place, and how to mend it.
type Problem = (&'static kss_diag::Code, String, TextRange, &'static str);

fn decode(bytes: std::io::Result<Vec<u8>>) -> (Arc<str>, Option<Problem>) {
    let bytes = match bytes {
        Ok(bytes) => bytes,
        Err(error) => {
            return (
                "".into(),
                Some((
                    &code::UNREADABLE,
                    format!("the file can't be read: {}", reason(&error)),
                    TextRange::empty(0),
                    match error.kind() {
                        std::io::ErrorKind::NotFound => "a link leads nowhere: mend it, or take it out of the folder",
                        _ => "let the user who runs this read it, or take it out of the folder",
                    },
                )),
            );
        }
    };
    match String::from_utf8(bytes) {
        Ok(text) => (text.into(), None),
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let bytes = error.into_bytes();
            let bad = bytes.get(valid).copied().unwrap_or(0);
            let text = String::from_utf8_lossy(&bytes[..valid]).into_owned();
            let at = TextRange::empty(text.len() as u32);
            let message = format!("the file is no UTF-8 text: byte {} is 0x{bad:02x}", valid + 1);
            (text.into(), Some((&code::NOT_UTF8, message, at, "save it as UTF-8")))
        }
    }
}

/// Why the system refuses, without its own numbers.
pub(crate) fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "it is not there".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        std::io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        _ => {
            let text = error.to_string();
            text.split(" (os error").next().unwrap_or(&text).to_lowercase()
        }
    }
}

/// `./clusters/kss.kss` → `clusters/kss.kss`
fn shown(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    text.strip_prefix("./").unwrap_or(&text).to_owned()
}

fn walk(folder: &Path, out: &mut Vec<PathBuf>) -> Result<(), LoadError> {
    let entries = std::fs::read_dir(folder).map_err(|e| LoadError::Folder(shown(folder), e))?;
    for entry in entries {
        let entry = entry.map_err(|e| LoadError::Folder(shown(folder), e))?;
        let path = entry.path();
        let name = entry.file_name();
        let hidden = name.to_string_lossy().starts_with('.');
        let kind = entry.file_type().map_err(|e| LoadError::Folder(shown(&path), e))?;
        if kind.is_dir() && !hidden && name != "target" && name != "node_modules" && !path.join(".kssc").exists() {
            walk(&path, out)?;
        } else if !kind.is_dir() && is_source(&name.to_string_lossy()) {
            out.push(path);
        }
    }
    Ok(())
}

/// `homelab.private.example.kss` shows what to copy and is no part of the project.
fn is_source(name: &str) -> bool {
    name.ends_with(".kss") && !name.ends_with(".example.kss")
}

/// The `.kss` files of the standard library.
pub fn standard_library() -> Vec<(&'static str, &'static str)> {
    let files = kss_stdlib::FILES.iter().filter(|(path, _)| path.ends_with(".kss"));
    files.filter_map(|(path, bytes)| Some((*path, std::str::from_utf8(bytes).ok()?))).collect()
}
