//! Every schema there is: those of the library, and those that a project locks itself.

use crate::lock::{Lock, LockProblem, Locked, LockedKind};
use crate::schema::{Family, Schema};
use crate::table::{Header, Table, Text};
use rustc_hash::FxHashMap;
use std::sync::{Arc, OnceLock};

/// A Kubernetes kind that is known.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KindInfo {
    /// `Deployment`
    pub kind: String,
    /// `apps/v1`
    pub api_version: String,
    /// `apps`; empty for the core kinds.
    pub group: String,
    /// Does it live in a namespace?
    pub namespaced: bool,
    /// Which file it comes from: `kubernetes 1.31.0`.
    pub source: String,
}

/// Every schema there is. Cheap to clone; making one reads nothing.
#[derive(Clone, Debug, Default)]
pub struct SchemaSet {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    files: Vec<File>,
    lock: Lock,
    /// Text of the lock of the flake, if a project locks one.
    flake: Option<Arc<str>>,
    kinds: OnceLock<FxHashMap<String, Vec<(KindInfo, usize)>>>,
}

#[derive(Clone, Debug)]
struct File {
    /// `charts/loki-6.55.0.txt`
    name: String,
    text: Text,
    /// Made when somebody first asks.
    table: OnceLock<Table>,
}

impl File {
    fn new(name: String, text: Text) -> File {
        File { name, text, table: OnceLock::new() }
    }

    fn header(&self) -> Header<'_> {
        Header::of(self.text.as_str())
    }

    fn table(&self) -> Table {
        self.table.get_or_init(|| Table::new(self.text.clone())).clone()
    }
}

impl SchemaSet {
    /// The files of the library, by their path below `stdlib/lock` (`charts/loki-6.55.0.txt`).
    pub fn new(embedded: &[(&str, &'static str)]) -> SchemaSet {
        let file = |(name, text): &(&str, &'static str)| File::new((*name).to_owned(), Text::Static(text));
        SchemaSet::of(embedded.iter().map(file).collect(), Lock::default(), None)
    }

    fn of(files: Vec<File>, lock: Lock, flake: Option<Arc<str>>) -> SchemaSet {
        SchemaSet { inner: Arc::new(Inner { files, lock, flake, kinds: OnceLock::new() }) }
    }

    /// The same with what a project locks, which wins over the library. `read` gives the text of a file by its path in the
    /// lock. Files that are missing or have another hash are left out and reported.
    pub fn with_project(
        &self,
        lock: Lock,
        mut read: impl FnMut(&str) -> Option<Arc<str>>,
    ) -> (SchemaSet, Vec<LockProblem>) {
        let (mut files, mut problems) = (Vec::new(), Vec::new());
        for (kind, locked) in lock.files() {
            match load(kind, locked, &mut read) {
                Ok(file) => files.push(file),
                Err(problem) => problems.push(problem),
            }
        }
        files.extend(self.inner.files.iter().cloned());
        let flake = lock.flake.as_ref().and_then(|flake| match read_locked(&flake.path, &flake.blake3, &mut read) {
            Ok(text) => Some(text),
            Err(problem) => {
                problems.push(problem);
                None
            }
        });
        (SchemaSet::of(files, lock, flake), problems)
    }

    /// The schema of a chart at exactly this version.
    pub fn chart(&self, repo: &str, name: &str, version: &str) -> Option<Schema> {
        let wanted = format!("charts/{name}-{version}");
        let file = self.files("charts/").filter(|file| file.name.starts_with(&wanted)).find(|file| {
            let header = file.header();
            header.get("name") == Some(name)
                && header.get("version") == Some(version)
                && same_repo(header.get("repo").unwrap_or_default(), repo)
        })?;
        Some(Schema::new(Family::Chart, "", [file.table()]))
    }

    /// The versions of a chart that are locked, in natural order; of any repository if `repo` is empty.
    pub fn chart_versions(&self, repo: &str, name: &str) -> Vec<String> {
        let header = |file: &'_ File| {
            let header = file.header();
            let named = header.get("name") == Some(name);
            let there = repo.is_empty() || header.get("repo").is_some_and(|r| same_repo(r, repo));
            header.get("version").filter(|_| named && there).map(str::to_owned)
        };
        let mut found: Vec<String> = self.files("charts/").filter_map(header).collect();
        found.sort_by(|a, b| kss_span::natural_cmp(a, b));
        found.dedup();
        found
    }

    fn files(&self, folder: &'static str) -> impl Iterator<Item = &File> {
        self.inner.files.iter().filter(move |file| file.name.starts_with(folder))
    }

    fn kinds(&self) -> &FxHashMap<String, Vec<(KindInfo, usize)>> {
        self.inner.kinds.get_or_init(|| {
            let mut found: FxHashMap<String, Vec<(KindInfo, usize)>> = FxHashMap::default();
            for (at, file) in self.inner.files.iter().enumerate().filter(|(_, f)| f.name.starts_with("kinds/")) {
                let header = file.header();
                let source = format!("{} {}", header.get("name").unwrap_or("?"), header.get("version").unwrap_or("?"));
                for info in header.all("kind").filter_map(|line| kind_info(line, &source)) {
                    let known = found.entry(info.kind.clone()).or_default();
                    // The first one wins: files of the project stand before those of the library.
                    if known.iter().all(|(k, _)| k.api_version != info.api_version) {
                        known.push((info, at));
                    }
                }
            }
            found.values_mut().for_each(|list| list.sort_by(|(a, _), (b, _)| by_age(&a.api_version, &b.api_version)));
            found
        })
    }

    /// Every group and version that knows a kind of this name: by group, the newest stable version first.
    pub fn kinds_named(&self, kind: &str) -> Vec<KindInfo> {
        self.kinds().get(kind).into_iter().flatten().map(|(info, _)| info.clone()).collect()
    }

    /// The names of all kinds, in order: for completion and "did you mean".
    pub fn kind_names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.kinds().keys().map(String::as_str).filter(|name| *name != "*").collect();
        names.sort_unstable();
        names
    }

    /// The schema of a kind. A group whose kinds are made while the cluster runs (Gatekeeper's constraints) has one schema
    /// for all of them.
    pub fn kind(&self, api_version: &str, kind: &str) -> Option<Schema> {
        let find = |kind: &str| self.kinds().get(kind)?.iter().find(|(info, _)| info.api_version == api_version);
        let (info, at) = find(kind).or_else(|| find("*"))?;
        let file = self.inner.files.get(*at)?;
        let root = format!("{} {}", info.kind, info.api_version);
        Some(Schema::new(Family::Kind, &root, [file.table()]))
    }

    /// All NixOS options: those of nixpkgs and those of own modules. Of two tables of one name the project's is used.
    pub fn nixos(&self) -> Schema {
        let mut names = Vec::new();
        let mut tables = Vec::new();
        for file in self.files("options/") {
            let name = file.header().get("name").unwrap_or_default();
            if !names.contains(&name) {
                names.push(name);
                tables.push(file.table());
            }
        }
        Schema::new(Family::Options, "", tables)
    }

    /// The digest that an image had when it was locked.
    pub fn image_digest(&self, image: &str) -> Option<&str> {
        self.inner.lock.image.get(image).map(String::as_str)
    }

    /// The public key of a host, by `name` or `name:port`.
    pub fn host_key(&self, host: &str) -> Option<&str> {
        self.inner.lock.host_key.get(host).map(String::as_str)
    }

    /// The lock of the flake of the deploy tree, as Nix wrote it.
    pub fn flake_lock(&self) -> Option<&str> {
        self.inner.flake.as_deref()
    }

    /// The hash of a document that is fetched, by its URL.
    pub fn document_hash(&self, url: &str) -> Option<&str> {
        self.inner.lock.document.get(url).map(String::as_str)
    }
}

/// The text of a file, if it is the one that was locked.
fn read_locked(
    path: &str,
    blake3: &str,
    read: &mut impl FnMut(&str) -> Option<Arc<str>>,
) -> Result<Arc<str>, LockProblem> {
    let text = read(path).ok_or_else(|| LockProblem::MissingFile { path: path.to_owned() })?;
    let found = blake3::hash(text.as_bytes()).to_hex().to_string();
    match found == blake3 {
        true => Ok(text),
        false => Err(LockProblem::OtherHash { path: path.to_owned(), expected: blake3.to_owned(), found }),
    }
}

/// Checks a locked file and gives it the name that its kind has in the library.
fn load(
    kind: LockedKind,
    locked: &Locked,
    read: &mut impl FnMut(&str) -> Option<Arc<str>>,
) -> Result<File, LockProblem> {
    let path = || locked.path.clone();
    let text = read_locked(&locked.path, &locked.blake3, read)?;
    let (word, folder) = match kind {
        LockedKind::Chart => ("chart", "charts"),
        LockedKind::Kinds => ("kinds", "kinds"),
        LockedKind::Options => ("options", "options"),
    };
    let header = Header::of(&text);
    let said = |word| header.get(word).unwrap_or_default();
    let repo = kind == LockedKind::Chart && !same_repo(said("repo"), &locked.repo);
    if said("kss-schema") != format!("1 {word}")
        || said("name") != locked.name
        || said("version") != locked.version
        || repo
    {
        let expected = format!("{word} {} {}", locked.name, locked.version);
        let found = format!("{} {} {}", said("kss-schema").trim_start_matches("1 "), said("name"), said("version"));
        return Err(LockProblem::OtherThing { path: path(), expected, found });
    }
    let version = if locked.version.is_empty() { String::new() } else { format!("-{}", locked.version) };
    Ok(File::new(format!("{folder}/{}{version}.txt", locked.name), Text::Shared(text)))
}

fn same_repo(a: &str, b: &str) -> bool {
    a.trim_end_matches('/') == b.trim_end_matches('/')
}

/// `Deployment apps/v1 namespaced`
fn kind_info(line: &str, source: &str) -> Option<KindInfo> {
    let mut words = line.split(' ');
    let (kind, api_version, scope) = (words.next()?, words.next()?, words.next()?);
    let group = api_version.rsplit_once('/').map_or("", |(group, _)| group);
    Some(KindInfo {
        kind: kind.to_owned(),
        api_version: api_version.to_owned(),
        group: group.to_owned(),
        namespaced: scope == "namespaced",
        source: source.to_owned(),
    })
}

/// By group; inside one as Kubernetes ranks versions: stable before beta before alpha, the newest first.
fn by_age(a: &str, b: &str) -> std::cmp::Ordering {
    let rank = |api: &str| {
        let (group, version) = api.rsplit_once('/').unwrap_or(("", api));
        let stage = if version.contains("alpha") { 2 } else { u8::from(version.contains("beta")) };
        (group.to_owned(), stage, version.to_owned())
    };
    let ((group_a, stage_a, a), (group_b, stage_b, b)) = (rank(a), rank(b));
    group_a.cmp(&group_b).then(stage_a.cmp(&stage_b)).then_with(|| kss_span::natural_cmp(&b, &a))
}
