//! The one thread that owns all projects. It takes everything that the client says in the order in which it was said; what
//! takes time runs elsewhere, on snapshots, which a change cancels.

mod checks;

use crate::config::{Client, Config};
use crate::diagnostics::{Next, Parts, Step};
use crate::snapshot::{Found, OpenUris, Snap, path_of};
use crate::{convert, diagnostics, library, project};
use kss_diag::Diagnostic;
use kss_ide::Host;
use kss_project::{Loaded, SourceText};
use kss_span::{FileId, Symbol};
use rustc_hash::FxHashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::time::{Duration, Instant};
use tokio::runtime::Handle;
use tokio::sync::{mpsc::UnboundedSender, oneshot};
use tower_lsp::ls_types::{self as lsp, Uri};

/// How long nothing changes before the outputs are made.
const QUIET: Duration = Duration::from_millis(400);

/// Runs on a snapshot, outside of the thread.
pub(crate) type Job = Box<dyn FnOnce(Vec<Snap>) + Send>;

/// Everything that reaches the thread.
pub(crate) enum Event {
    /// A document was opened.
    Open { uri: Uri, version: i32, text: String },
    /// A document changed.
    Change { uri: Uri, version: i32, changes: Vec<lsp::TextDocumentContentChangeEvent> },
    /// A document was closed: what is on disk counts again.
    Close { uri: Uri },
    /// Files changed on disk.
    Files(Vec<PathBuf>),
    /// Folders that the client shows.
    Folders { added: Vec<PathBuf>, removed: Vec<PathBuf> },
    /// What the client has set.
    Config(Box<Config>),
    /// Asks the project of a document, or (without one) all of them.
    Ask { uri: Option<Uri>, job: Job },
    /// Wants what is wrong in a document now.
    Pull { uri: Uri, reply: oneshot::Sender<Vec<lsp::Diagnostic>> },
    /// The client knows what a step of a check has found.
    Told { folder: Arc<Path>, revision: u64, next: Next },
    /// A step of a check ended.
    Checked { folder: Arc<Path>, revision: u64, step: Step },
    /// Nothing has changed for a while.
    Idle { folder: Arc<Path>, revision: u64 },
    /// What can't be written of what was evaluated.
    Outputs { folder: Arc<Path>, revision: u64, problems: Vec<Diagnostic> },
    /// No more.
    Stop,
}

/// What goes to the client without being asked for.
pub(crate) enum Outgoing {
    /// What is wrong in a file.
    Publish { uri: Uri, version: Option<i32>, diagnostics: Vec<lsp::Diagnostic> },
    /// What was answered before may be different now.
    Refresh,
    /// To be done when everything before was said.
    Then(Box<dyn FnOnce() + Send>),
    /// Something takes long: what, or that it has ended.
    Progress(Option<String>),
}

struct Document {
    uri: Uri,
    version: i32,
    text: String,
    /// Folder of its project.
    project: Arc<Path>,
    file: FileId,
}

struct Project {
    folder: Arc<Path>,
    host: Host,
    revision: u64,
    /// Has something changed since the last check began?
    dirty: bool,
    found: Arc<Found>,
    /// What was evaluated last.
    parts: Parts,
    /// What the client was told, by file.
    published: FxHashMap<FileId, Vec<lsp::Diagnostic>>,
    waiting: Vec<(FileId, oneshot::Sender<Vec<lsp::Diagnostic>>)>,
}

/// See the module.
pub(crate) struct World {
    client: Arc<Client>,
    config: Arc<Config>,
    workspace: Vec<PathBuf>,
    projects: Vec<Project>,
    documents: FxHashMap<PathBuf, Document>,
    open: OpenUris,
    out: UnboundedSender<Outgoing>,
    tx: Sender<Event>,
    runtime: Handle,
}

impl World {
    /// Starts the thread.
    pub(crate) fn start(
        client: Client,
        config: Config,
        workspace: Vec<PathBuf>,
        out: UnboundedSender<Outgoing>,
    ) -> Sender<Event> {
        let (tx, rx) = channel();
        let mut world = World {
            client: Arc::new(client),
            config: Arc::new(config),
            workspace,
            projects: Vec::new(),
            documents: FxHashMap::default(),
            open: OpenUris::default(),
            out,
            tx: tx.clone(),
            runtime: Handle::current(),
        };
        // The stack is that of a main thread: trees may be deep.
        let thread = std::thread::Builder::new().name("projects".to_owned()).stack_size(16 << 20);
        if let Err(error) = thread.spawn(move || world.run(&rx)) {
            tracing::error!("no thread for the projects: {error}");
        }
        tx
    }

    fn run(&mut self, rx: &Receiver<Event>) {
        for folder in self.workspace.clone().iter().flat_map(|w| project::folders_in(w)) {
            self.project(&folder);
        }
        loop {
            let next = match self.projects.iter().any(|p| p.dirty) {
                // All that has come is taken in before a check begins.
                true => match rx.try_recv() {
                    Err(TryRecvError::Empty) => {
                        self.check();
                        continue;
                    }
                    other => other.ok(),
                },
                false => rx.recv().ok(),
            };
            match next {
                None | Some(Event::Stop) => return,
                Some(event) => self.take(event),
            }
        }
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Open { uri, version, text } => self.opened(uri, version, text),
            Event::Change { uri, version, changes } => self.changed(&uri, version, &changes),
            Event::Close { uri } => self.closed(&uri),
            Event::Files(paths) => paths.iter().for_each(|path| self.on_disk(path)),
            Event::Folders { added, removed } => {
                self.workspace.retain(|w| !removed.contains(w));
                self.workspace.extend(added.iter().cloned());
                for folder in added.iter().flat_map(|w| project::folders_in(w)) {
                    self.project(&folder);
                }
            }
            Event::Config(config) => {
                self.config = Arc::new(*config);
                self.projects.iter_mut().for_each(|p| p.dirty = true);
                let _ = self.out.send(Outgoing::Refresh);
            }
            Event::Ask { uri, job } => self.ask(uri.as_ref(), job),
            Event::Pull { uri, reply } => self.pull(&uri, reply),
            Event::Told { folder, revision, next } => self.evaluate(&folder, revision, next),
            Event::Checked { folder, revision, step } => self.checked(&folder, revision, step),
            Event::Idle { folder, revision } => self.idle(&folder, revision),
            Event::Outputs { folder, revision, problems } => self.outputs(&folder, revision, problems),
            Event::Stop => {}
        }
    }

    /// The project in `folder`; read if it is not known yet.
    fn project(&mut self, folder: &Path) -> &mut Project {
        if let Some(at) = self.projects.iter().position(|p| &*p.folder == folder) {
            return &mut self.projects[at];
        }
        let shown =
            folder.file_name().map_or_else(|| folder.display().to_string(), |n| n.to_string_lossy().into_owned());
        let _ = self.out.send(Outgoing::Progress(Some(format!("reading {shown}"))));
        tracing::info!(folder = %folder.display(), "reading a project");
        let host = Host::new(load(folder));
        host.session().parse_all();
        let _ = self.out.send(Outgoing::Progress(None));
        self.projects.push(Project {
            folder: folder.into(),
            host,
            revision: 1,
            dirty: true,
            found: Arc::default(),
            parts: Parts::default(),
            published: FxHashMap::default(),
            waiting: Vec::new(),
        });
        let last = self.projects.len() - 1;
        &mut self.projects[last]
    }

    fn project_of(&mut self, folder: &Arc<Path>) -> Option<&mut Project> {
        self.projects.iter_mut().find(|p| p.folder == *folder)
    }

    fn opened(&mut self, uri: Uri, version: i32, text: String) {
        let path = path_of(&uri);
        let (folder, file) = match library::name_of(&path) {
            // A file of the library is looked at in the project that led there; what is typed into it counts for nothing.
            Some(name) => {
                let home = self.projects.first().map_or_else(|| PathBuf::from("/untitled"), |p| p.folder.to_path_buf());
                let project = self.project(&home);
                let file = project.host.session().file(&name);
                (project.folder.clone(), file)
            }
            None => {
                let known = self.projects.iter().find(|p| {
                    let name = project::name_of(&path);
                    p.host.session().file(&name).is_some_and(|f| p.host.session().on_disk(f).is_some())
                });
                let folder =
                    known.map_or_else(|| project::folder_of(&path, &self.workspace), |p| p.folder.to_path_buf());
                let project = self.project(&folder);
                let name = Symbol::new(&project::name_of(&path));
                let file = project.host.add_file(name, Some(path.clone()), text.as_str().into());
                project.touched();
                (project.folder.clone(), Some(file))
            }
        };
        let Some(file) = file else { return };
        self.documents.insert(path, Document { uri, version, text, project: folder, file });
        self.opens();
    }

    fn opens(&mut self) {
        self.open = Arc::new(self.documents.iter().map(|(path, d)| (path.clone(), d.uri.clone())).collect());
    }

    fn changed(&mut self, uri: &Uri, version: i32, changes: &[lsp::TextDocumentContentChangeEvent]) {
        let path = path_of(uri);
        let Some(document) = self.documents.get_mut(&path) else { return };
        for change in changes {
            convert::apply(&mut document.text, change, self.client.encoding);
        }
        document.version = version;
        let (folder, file, text) = (document.project.clone(), document.file, Arc::from(document.text.as_str()));
        if library::name_of(&path).is_some() {
            return;
        }
        if let Some(project) = self.project_of(&folder) {
            let begun = Instant::now();
            project.host.set_text(file, text);
            project.touched();
            tracing::debug!(version, us = begun.elapsed().as_micros() as u64, "change");
        }
    }

    fn closed(&mut self, uri: &Uri) {
        let path = path_of(uri);
        if self.documents.remove(&path).is_some() {
            self.opens();
            self.on_disk(&path);
        }
    }

    /// Takes over what is on disk at `path`, unless it is open.
    fn on_disk(&mut self, path: &Path) {
        if self.documents.contains_key(path) || library::name_of(path).is_some() {
            return;
        }
        let is_lock = path.file_name().is_some_and(|n| n == "kss.lock");
        for at in 0..self.projects.len() {
            let project = &mut self.projects[at];
            if !path.starts_with(&project.folder) && !is_lock {
                continue;
            }
            if is_lock {
                self.reload(at);
            } else if path.extension().is_some_and(|e| e == "kss") {
                project.source_on_disk(path);
            } else {
                project.host.assets_changed();
                project.touched();
            }
        }
    }

    /// Reads a project again, and puts what is open over it.
    fn reload(&mut self, at: usize) {
        let folder = self.projects[at].folder.clone();
        let mut host = Host::new(load(&folder));
        host.session().parse_all();
        for (path, document) in self.documents.iter_mut().filter(|(_, d)| d.project == folder) {
            if library::name_of(path).is_none() {
                let name = Symbol::new(&project::name_of(path));
                document.file = host.add_file(name, Some(path.clone()), document.text.as_str().into());
            }
        }
        let project = &mut self.projects[at];
        project.host = host;
        project.touched();
    }

    fn snap(&self, project: &Project, file: FileId, version: Option<i32>) -> Snap {
        Snap {
            analysis: project.host.snapshot(),
            folder: project.folder.clone(),
            file,
            version,
            found: project.found.clone(),
            client: self.client.clone(),
            config: self.config.clone(),
            open: self.open.clone(),
        }
    }

    fn ask(&self, uri: Option<&Uri>, job: Job) {
        let snaps = match uri {
            None => self.projects.iter().map(|p| self.snap(p, FileId(0), None)).collect(),
            Some(uri) => self.place(uri).map(|(p, file, version)| self.snap(p, file, version)).into_iter().collect(),
        };
        self.runtime.spawn_blocking(move || job(snaps));
    }

    /// The project of a document, its number there, and its version.
    fn place(&self, uri: &Uri) -> Option<(&Project, FileId, Option<i32>)> {
        let path = path_of(uri);
        if let Some(document) = self.documents.get(&path) {
            let project = self.projects.iter().find(|p| p.folder == document.project)?;
            return Some((project, document.file, Some(document.version)));
        }
        let name = library::name_of(&path).unwrap_or_else(|| project::name_of(&path));
        self.projects.iter().find_map(|p| Some((p, p.host.session().file(&name)?, None)))
    }

    fn pull(&mut self, uri: &Uri, reply: oneshot::Sender<Vec<lsp::Diagnostic>>) {
        let Some((project, file, _)) = self.place(uri) else {
            let _ = reply.send(Vec::new());
            return;
        };
        if project.found.whole && project.found.revision == project.revision {
            let snap = self.snap(project, file, None);
            let _ = reply.send(diagnostics::of_file(&snap, file));
            return;
        }
        let folder = project.folder.clone();
        if let Some(project) = self.project_of(&folder) {
            project.waiting.push((file, reply));
        }
    }
}

impl Project {
    fn touched(&mut self) {
        self.revision += 1;
        self.dirty = true;
    }

    fn source_on_disk(&mut self, path: &Path) {
        let name = Symbol::new(&project::name_of(path));
        let known = self.host.session().file(&name);
        match (std::fs::read_to_string(path), known) {
            (Ok(text), Some(file)) if self.host.session().files().contains(&file) => {
                if kss_diag::Sources::text(self.host.session(), file) == text {
                    return;
                }
                self.host.set_text(file, text.into());
            }
            (Ok(text), _) => drop(self.host.add_file(name, Some(path.to_owned()), text.into())),
            (Err(_), Some(file)) => self.host.remove_file(file),
            (Err(_), None) => return,
        }
        self.touched();
    }
}

/// Reads the project in `folder`; of one that can't be read (or has no file yet) there is the library.
fn load(folder: &Path) -> Loaded {
    match kss_project::load(&[folder.to_owned()]) {
        Ok(loaded) => loaded,
        Err(error) => {
            tracing::info!("{error}");
            let files = kss_project::standard_library().into_iter().enumerate();
            let files = files.map(|(at, (path, text))| SourceText {
                id: FileId(at as u32),
                path: Symbol::new(path),
                disk: None,
                text: text.into(),
            });
            Loaded { root: folder.to_owned(), files: files.collect(), ..Loaded::default() }
        }
    }
}
