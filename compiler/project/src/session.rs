//! A project that is open: its database, and everything that is wrong with it.

use crate::cancel::{Changes, Watch};
use crate::db::{self, ItemKey, Project, ScopeName, SourceFile};
use crate::load::Loaded;
use crate::{Assets, Places, Shared, evaluation};
use kss_diag::{Diagnostic, PartValue, Severity, Sources, code};
use kss_eval::{Outcome, Report, ScopeModel};
use kss_schema::SchemaSet;
use kss_span::{FileId, ItemId, Origin, Symbol};
use kss_value::ScopeKind;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use salsa::Storage;
use std::path::PathBuf;
use std::sync::Arc;

/// The one concrete database.
#[salsa::db]
#[derive(Clone, Default)]
pub struct Database {
    storage: Storage<Self>,
}

#[salsa::db]
impl salsa::Database for Database {}

impl Database {
    /// A database that tells `observer` what it does; tests count queries by it.
    pub fn observed(observer: impl Fn(salsa::Event) + Send + Sync + 'static) -> Database {
        Database { storage: Storage::new(Some(Box::new(observer))) }
    }
}

/// A project that is open. A clone is a snapshot: it must be gone before the next change goes through, which cancels what
/// runs on it.
#[derive(Clone)]
pub struct Session {
    db: Database,
    project: Project,
    files: Vec<SourceFile>,
    disk: Vec<Option<PathBuf>>,
    unreadable: Vec<Diagnostic>,
    carried: Vec<(String, Arc<[u8]>)>,
    flake_lock: Option<Arc<str>>,
}

impl Session {
    /// Opens `loaded`. `public`: without private overlays.
    pub fn new(db: Database, loaded: Loaded, public: bool) -> Session {
        let files: Vec<SourceFile> =
            loaded.files.iter().map(|f| SourceFile::new(&db, f.id, f.path, f.text.clone())).collect();
        let sources = files.iter().copied().filter(|f| f.path(&db).ends_with(".kss")).collect();
        let flake_lock = loaded.schemas.flake_lock().map(Arc::from);
        let (schemas, changes) = (Shared(Arc::new(loaded.schemas)), Changes::default());
        let project = Project::new(&db, sources, public, 0, schemas, changes, Assets::default());
        let disk = loaded.files.into_iter().map(|f| f.disk).collect();
        Session { db, project, files, disk, unreadable: loaded.diags, carried: loaded.carried, flake_lock }
    }

    /// The database, for queries.
    pub fn db(&self) -> &Database {
        &self.db
    }

    /// The input that all queries start from.
    pub fn project(&self) -> Project {
        self.project
    }

    /// What the library and the project's lock know of the outside.
    pub fn schemas(&self) -> &SchemaSet {
        self.project.schemas(&self.db)
    }

    /// Where files are read beside the sources.
    pub fn assets(&self) -> &Assets {
        self.project.door(&self.db)
    }

    /// Replaces the text of a file.
    pub fn set_text(&mut self, file: FileId, text: Arc<str>) {
        use salsa::Setter;
        self.announce();
        if let Some(file) = self.files.get(file.0 as usize) {
            file.set_text(&mut self.db).to(text);
        }
    }

    /// For work that asks the database nothing: tells it of changes from now on.
    pub fn watch(&self) -> Watch {
        Watch::new(self.project.changes(&self.db).clone())
    }

    /// Ends what runs on snapshots.
    fn announce(&self) {
        self.project.changes(&self.db).announce();
    }

    /// Adds a file, or the text of one that is there. `disk`: where it lies.
    pub fn add_file(&mut self, path: Symbol, disk: Option<PathBuf>, text: Arc<str>) -> FileId {
        use salsa::Setter;
        if let Some(known) = self.file(&path) {
            self.set_text(known, text);
            return self.listed(known, true);
        }
        self.announce();
        let id = FileId(self.files.len() as u32);
        let file = SourceFile::new(&self.db, id, path, text);
        self.files.push(file);
        self.disk.push(disk);
        let mut listed = self.project.files(&self.db).clone();
        // The project's own stand before the library's.
        let own = listed.iter().position(|f| f.path(&self.db).starts_with("std/")).unwrap_or(listed.len());
        let at = listed[..own].iter().position(|f| f.path(&self.db) > path).unwrap_or(own);
        listed.insert(at, file);
        self.project.set_files(&mut self.db).to(listed);
        id
    }

    /// Takes a file out of the project; its number stays its own.
    pub fn remove_file(&mut self, file: FileId) {
        self.listed(file, false);
    }

    /// Says that a file which an evaluation may read (`file("…")`) has changed.
    pub fn assets_changed(&mut self) {
        use salsa::Setter;
        self.announce();
        let next = self.project.assets(&self.db) + 1;
        self.project.set_assets(&mut self.db).to(next);
    }

    fn listed(&mut self, id: FileId, wanted: bool) -> FileId {
        use salsa::Setter;
        let Some(file) = self.files.get(id.0 as usize).copied() else { return id };
        self.announce();
        let mut listed = self.project.files(&self.db).clone();
        let known = listed.iter().position(|f| *f == file);
        match (known, wanted) {
            (Some(at), false) => drop(listed.remove(at)),
            (None, true) => listed.insert(0, file),
            _ => return id,
        }
        self.project.set_files(&mut self.db).to(listed);
        id
    }

    /// Numbers of all files of the project and the library.
    pub fn files(&self) -> Vec<FileId> {
        self.project.files(&self.db).iter().map(|f| f.id(&self.db)).collect()
    }

    /// The input of a file.
    pub fn source(&self, file: FileId) -> Option<SourceFile> {
        self.files.get(file.0 as usize).copied()
    }

    /// The file at `path`.
    pub fn file(&self, path: &str) -> Option<FileId> {
        self.files.iter().find(|f| f.path(&self.db) == path).map(|f| f.id(&self.db))
    }

    /// How many files are the project's own.
    pub fn own_files(&self) -> usize {
        self.disk.iter().filter(|d| d.is_some()).count()
    }

    /// Where a file lies; none for the library.
    pub fn on_disk(&self, file: FileId) -> Option<&PathBuf> {
        self.disk.get(file.0 as usize)?.as_ref()
    }

    /// Files that the deploy tree gets as they are, by their paths in it.
    pub fn carried(&self) -> &[(String, Arc<[u8]>)] {
        &self.carried
    }

    /// The lock of the deploy tree's flake, if the project locks one.
    pub fn flake_lock(&self) -> Option<&str> {
        self.flake_lock.as_deref()
    }

    /// Parses all files, in parallel: worth it once, when a project is opened.
    pub fn parse_all(&self) {
        let db = self.db.clone();
        self.project.files(&self.db).par_iter().for_each_with(db, |db, file| {
            db::items(db, *file);
        });
    }

    /// Places of all items.
    pub fn places(&self) -> Places {
        let mut places = Places::default();
        for file in self.project.files(&self.db) {
            places.add(file.id(&self.db), db::items(&self.db, *file), db::parse(&self.db, *file));
        }
        places
    }

    /// Sites of the project, in natural order.
    pub fn sites(&self) -> Vec<Symbol> {
        let mut names: Vec<Symbol> = db::signatures(&self.db, self.project).sites.keys().copied().collect();
        names.sort();
        names
    }

    /// Evaluates `site` with its clusters, in parallel.
    pub fn evaluate(&self, site: Symbol) -> Option<Outcome> {
        let (whole, clusters) = self.evaluate_parts(site)?;
        Some(kss_eval::assemble(whole, clusters))
    }

    /// As [`Session::evaluate`], the parts alone: of the site and of each cluster. A part is the same one again as long as no
    /// edit concerns it.
    pub fn evaluate_parts(&self, site: Symbol) -> Option<(Arc<ScopeModel>, Vec<Arc<ScopeModel>>)> {
        let clusters = self.evaluate_clusters(site)?;
        let whole = evaluation::site(&self.db, self.project, ScopeName::new(&self.db, site)).as_ref()?;
        Some((whole.0.clone(), clusters))
    }

    /// The clusters of `site`, in parallel.
    fn evaluate_clusters(&self, site: Symbol) -> Option<Vec<Arc<ScopeModel>>> {
        let key = ScopeName::new(&self.db, site);
        let clusters = evaluation::clusters(&self.db, self.project, key).clone();
        evaluation::early(&self.db, self.project, key).as_ref()?;
        let project = self.project;
        let models: Vec<Arc<ScopeModel>> = clusters
            .par_iter()
            .map_with(self.db.clone(), |db, name| {
                let (site, cluster) = (ScopeName::new(db, site), ScopeName::new(db, *name));
                evaluation::cluster(db, project, site, cluster).as_ref().map(|shared| shared.0.clone())
            })
            .flatten()
            .collect();
        Some(models)
    }

    /// Runs the tests whose title contains `filter`, each against the site that it is about. Results come in the order of the
    /// sources.
    pub fn test(&self, checked: &Checked, filter: &str) -> Vec<TestResult> {
        let db = &self.db;
        let tests: Vec<Arc<kss_ir::TestIr>> = db::item_ids(db, self.project)
            .iter()
            .filter(|item| db::is_test(**item))
            .filter_map(|item| db::lowered(db, self.project, ItemKey::new(db, *item)).test().cloned())
            .filter(|test| test.title.contains(filter))
            .collect();
        let world = evaluation::world(db, self.project, |_| true);
        let outcomes = &checked.outcomes;
        let run = |test: &Arc<kss_ir::TestIr>| -> Vec<Report> {
            let concerned = outcomes.iter().filter(|(site, outcome)| kss_eval::concerns(test, *site, outcome));
            concerned.flat_map(|(site, outcome)| kss_eval::run_test(&world, *site, outcome, test).reports).collect()
        };
        let found: Vec<Vec<Report>> = tests.par_iter().map(run).collect();
        let result = |(test, reports): (&Arc<kss_ir::TestIr>, Vec<Report>)| TestResult {
            title: test.title.clone(),
            diagnostics: reports.iter().map(|report| self.located(&checked.places, report)).collect(),
        };
        tests.iter().zip(found).map(result).collect()
    }

    /// Everything that is wrong without evaluating.
    pub fn static_diagnostics(&self, places: &Places) -> Vec<Diagnostic> {
        let db = &self.db;
        let mut out = self.unreadable.clone();
        for file in self.project.files(&self.db) {
            out.extend(db::parse(db, *file).errors.iter().cloned());
        }
        let sigs = db::signatures(db, self.project);
        let mut found: Vec<Diagnostic<Origin>> = sigs.diags.clone();
        let items: Vec<(ItemId, _)> = db::item_ids(db, self.project)
            .iter()
            .map(|item| (*item, db::lowered(db, self.project, ItemKey::new(db, *item)).clone()))
            .collect();
        found.extend(items.iter().flat_map(|(_, l)| l.diags.iter().cloned()));
        found.extend(db::library(db, self.project).diags.iter().cloned());
        found.extend(kss_sema::unused_imports(sigs, &items));
        out.extend(found.into_iter().map(|d| places.locate(d)));
        out
    }

    /// Everything that is wrong, arranged, and what was evaluated.
    pub fn check(&self) -> Checked {
        self.parse_all();
        let statics = self.check_statically();
        let sites = if statics.broken { Vec::new() } else { self.sites() };
        let outcomes: Vec<(Symbol, Outcome)> =
            sites.into_iter().filter_map(|site| Some((site, self.evaluate(site)?))).collect();
        let parts: Vec<Arc<ScopeModel>> =
            outcomes.iter().flat_map(|(_, outcome)| outcome.parts.iter().cloned()).collect();
        let diagnostics = self.diagnostics(&statics, &parts);
        Checked { diagnostics, outcomes, places: statics.places }
    }

    /// What can be said without evaluating.
    pub fn check_statically(&self) -> Statics {
        let places = self.places();
        let diagnostics = self.static_diagnostics(&places);
        // After a syntax error statements are missing, and what evaluation says would be about that. If which entries exist goes
        // in a circle, all of it would be about the circle.
        let hopeless = |d: &Diagnostic| d.code.id < "K0200" || *d.code == code::KIND_CYCLE;
        let broken = diagnostics.iter().any(|d| d.severity == Severity::Error && hopeless(d));
        Statics { places, diagnostics, broken }
    }

    /// Every site with its clusters, evaluated: the site itself first. Nothing if that makes no sense.
    pub fn parts(&self, statics: &Statics) -> Vec<Arc<ScopeModel>> {
        let sites = if statics.broken { Vec::new() } else { self.sites() };
        let parts = sites.into_iter().filter_map(|site| self.evaluate_parts(site));
        parts.flat_map(|(whole, clusters)| std::iter::once(whole).chain(clusters)).collect()
    }

    /// As [`Session::parts`] without evaluating the sites themselves, which read all clusters: of these what is in `known` stays.
    pub fn cluster_parts(&self, statics: &Statics, known: &[Arc<ScopeModel>]) -> Vec<Arc<ScopeModel>> {
        let sites = if statics.broken { Vec::new() } else { self.sites() };
        let clusters = sites.into_iter().filter_map(|site| self.evaluate_clusters(site)).flatten();
        let whole = known.iter().filter(|part| part.scope.key.kind == ScopeKind::Site).cloned();
        whole.chain(clusters).collect()
    }

    /// All that is wrong, arranged: what was found without evaluating, and what the evaluated `parts` report. These may be of
    /// an earlier text; then their places are as near as can be.
    pub fn diagnostics(&self, statics: &Statics, parts: &[Arc<ScopeModel>]) -> Vec<Diagnostic> {
        let mut diagnostics = statics.diagnostics.clone();
        let mut scopes = Vec::new();
        for part in parts.iter().filter(|_| !statics.broken) {
            // What is wrong with the site itself is wrong everywhere.
            let cluster = (part.scope.key.kind == ScopeKind::Cluster).then(|| part.scope.key.to_string());
            scopes.extend(cluster.clone());
            diagnostics.extend(part.reports.iter().map(|report| {
                let mut diag = self.located(&statics.places, report);
                diag.scopes.extend(cluster.clone());
                diag
            }));
        }
        let diagnostics = self.without_shadows(drop_followers(diagnostics));
        images_together(kss_diag::arrange(diagnostics, &scopes, self))
    }

    /// Without what is said of a line that can't be read: what is left of it means something else than its writer did.
    fn without_shadows(&self, diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
        let is_syntax = |d: &Diagnostic| d.severity == Severity::Error && d.code.id < "K0200";
        let line = |d: &Diagnostic| {
            let text = self.text(d.place.file);
            let at = (d.place.range.lo as usize).min(text.len());
            let begin = text.as_bytes()[..at].iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
            (d.place.file, begin)
        };
        let lines = |wanted: &dyn Fn(&Diagnostic) -> bool| -> FxHashSet<(FileId, usize)> {
            diagnostics.iter().filter(|d| wanted(d)).map(line).collect()
        };
        let unread = lines(&is_syntax);
        // What is nested too deep is not read at all.
        let too_deep = lines(&|d| *d.code == code::TOO_DEEP);
        let tells = |d: &Diagnostic| match is_syntax(d) {
            true => *d.code == code::TOO_DEEP || !too_deep.contains(&line(d)),
            false => !unread.contains(&line(d)),
        };
        if unread.is_empty() {
            return diagnostics;
        }
        let keep: Vec<bool> = diagnostics.iter().map(tells).collect();
        diagnostics.into_iter().zip(keep).filter_map(|(d, keep)| keep.then_some(d)).collect()
    }

    /// A report with places, and the values of a failed check as a diagram.
    fn located(&self, places: &Places, report: &Report) -> Diagnostic {
        let mut diag = places.locate(report.diagnostic.clone());
        let parts: Vec<(kss_span::Span, &String)> =
            report.values.iter().filter_map(|(o, text)| Some((places.span(*o)?, text))).collect();
        let Some(file) = parts.first().map(|(span, _)| span.file) else { return diag };
        let whole = parts.iter().filter(|(s, _)| s.file == file).map(|(s, _)| s.range).reduce(|a, b| a.cover(b));
        let Some(whole) = whole else { return diag };
        let text = &self.text(file)[whole.range()];
        let parts: Vec<PartValue> = parts
            .iter()
            .filter(|(s, text)| s.file == file && !text.is_empty())
            .map(|(s, text)| {
                let range = kss_span::TextRange::new(s.range.lo - whole.lo, s.range.hi - whole.lo);
                PartValue { range, text: (*text).clone() }
            })
            .collect();
        let diagram = kss_diag::diagram(text, &parts);
        if !diagram.is_empty() {
            diag = diag.note(diagram);
        }
        diag
    }
}

/// A field that nobody set is not reported again where it is read. Whether an entry is lost can't be said while something else
/// is wrong: what would have handled it may be what could not be evaluated.
fn drop_followers(diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let unset: FxHashSet<_> =
        diagnostics.iter().filter(|d| d.code.id == code::MISSING_FIELD.id).map(|d| d.place).collect();
    let mut seen: FxHashMap<_, usize> = FxHashMap::default();
    let lost = |d: &Diagnostic| *d.code == code::UNLOWERED;
    let others = diagnostics.iter().any(|d| d.severity == Severity::Error && !lost(d));
    let follows = |d: &Diagnostic| *d.code == code::NOT_SET && unset.contains(&d.place) || others && lost(d);
    diagnostics
        .into_iter()
        .filter(|d| {
            !follows(d) && {
                let count = seen.entry((d.code.id, d.place, d.message.clone(), d.scopes.clone())).or_insert(0);
                *count += 1;
                *count == 1
            }
        })
        .collect()
}

/// One warning for all images that are not locked, where the first is named: they are mended together, and where the library
/// names each of them is nothing that its user could change.
fn images_together(diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let is_image = |d: &Diagnostic| *d.code == code::NOT_LOCKED && d.severity == Severity::Warning;
    let mut images: Vec<String> = diagnostics.iter().filter(|d| is_image(d)).map(|d| d.label.clone()).collect();
    images.sort();
    images.dedup();
    if images.len() < 2 {
        return diagnostics;
    }
    let mut first = true;
    let mut kept = Vec::with_capacity(diagnostics.len());
    for diagnostic in diagnostics {
        if !is_image(&diagnostic) {
            kept.push(diagnostic);
        } else if std::mem::take(&mut first) {
            let message = format!("{} images are not in the lock, so their tags are used as they are", images.len());
            let mut all = code::NOT_LOCKED.at(diagnostic.place, message).label(diagnostic.label);
            all.severity = Severity::Warning;
            let list = images.join("\n");
            kept.push(all.help(format!("`kssc lock image NAME:TAG@sha256:…` with the digest of each:\n{list}")));
        }
    }
    kept
}

impl Sources for Session {
    fn path(&self, file: FileId) -> &str {
        self.files.get(file.0 as usize).map_or("", |f| f.path(&self.db).as_str())
    }

    fn text(&self, file: FileId) -> &str {
        self.files.get(file.0 as usize).map_or("", |f| f.text(&self.db))
    }
}

/// What was found without evaluating.
pub struct Statics {
    /// Places of all items.
    pub places: Places,
    diagnostics: Vec<Diagnostic>,
    /// Would an evaluation be about something else than what was meant?
    broken: bool,
}

/// A test that ran.
pub struct TestResult {
    /// Its title.
    pub title: Arc<str>,
    /// What did not hold; nothing if it passed.
    pub diagnostics: Vec<Diagnostic>,
}

/// What a check found.
pub struct Checked {
    /// Everything that is wrong, in the order in which it is shown.
    pub diagnostics: Vec<Diagnostic>,
    /// Evaluated sites.
    pub outcomes: Vec<(Symbol, Outcome)>,
    /// Places of all items.
    pub places: Places,
}

impl Checked {
    /// Adds what is wrong with outputs, unless the same was found before.
    pub fn add(&mut self, found: Vec<Diagnostic<Origin>>) {
        for diagnostic in found {
            let diagnostic = self.places.locate(diagnostic);
            let (place, code) = (diagnostic.place, diagnostic.code);
            let known = self.diagnostics.iter().any(|d| {
                let near = d.place.file == place.file
                    && d.place.range.lo < place.range.hi
                    && place.range.lo < d.place.range.hi;
                d.code == code && (near || d.place == place)
            });
            if !known {
                self.diagnostics.push(diagnostic);
            }
        }
    }

    /// Is something wrong that forbids to write?
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|d| d.severity == Severity::Error)
    }
}
