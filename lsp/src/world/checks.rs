//! Checks of projects, and what the client is told of them.

use super::{Document, Event, Outgoing, Project, QUIET, World};
use crate::diagnostics::{self, Next, Step};
use crate::snapshot::{Found, Snap};
use kss_diag::Diagnostic;
use kss_ide::cancellable;
use kss_project::{let_go, lower_priority};
use kss_span::FileId;
use rustc_hash::FxHashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Instant;
use tokio::runtime::Handle;

impl World {
    pub(super) fn check(&mut self) {
        let evaluate = self.config.evaluate;
        for project in self.projects.iter_mut().filter(|p| p.dirty) {
            project.dirty = false;
            let (analysis, known) = (project.host.snapshot(), project.parts.clone());
            let step = move || diagnostics::check(&analysis, &known, evaluate);
            project.work(&self.runtime, &self.tx, step);
        }
    }

    /// Goes on with a check, unless there was another change.
    pub(super) fn evaluate(&self, folder: &Arc<Path>, revision: u64, next: Next) {
        let project = self.projects.iter().find(|p| p.folder == *folder && p.revision == revision);
        if let Some(project) = project {
            let (analysis, known) = (project.host.snapshot(), project.parts.clone());
            project.work(&self.runtime, &self.tx, move || diagnostics::evaluate(analysis, known, next));
        }
    }

    pub(super) fn checked(&mut self, folder: &Arc<Path>, revision: u64, step: Step) {
        let Some(at) = self.projects.iter().position(|p| p.folder == *folder) else { return };
        let current = self.projects[at].revision == revision;
        let (all, next) = match step {
            Step::Quick(all, statics) => (all, Some(Next::Clusters(statics))),
            Step::Clusters(all, statics) => (all, Some(Next::Site(statics))),
            Step::Whole(all, parts) => {
                // If the database has let go of it before, it would be taken apart here.
                let_go(std::mem::replace(&mut self.projects[at].parts, parts));
                (all, None)
            }
        };
        if !current {
            return;
        }
        let whole = next.is_none();
        self.projects[at].found = Arc::new(Found { revision, whole, all });
        if whole {
            self.answer_waiting(at);
        }
        let snap = self.snap(&self.projects[at], FileId(0), None);
        let told = self.publish(at, &snap, whole);
        let (folder, tx) = (folder.clone(), self.tx.clone());
        match next {
            None => self.wake_later(folder, revision),
            // Nobody has anything to read.
            Some(next) if !told => drop(tx.send(Event::Told { folder, revision, next })),
            Some(next) => {
                let then = move || drop(tx.send(Event::Told { folder, revision, next }));
                let _ = self.out.send(Outgoing::Then(Box::new(then)));
            }
        }
    }

    fn answer_waiting(&mut self, at: usize) {
        let waiting = std::mem::take(&mut self.projects[at].waiting);
        let snap = self.snap(&self.projects[at], FileId(0), None);
        for (file, reply) in waiting {
            let _ = reply.send(diagnostics::of_file(&snap, file));
        }
    }

    fn wake_later(&self, folder: Arc<Path>, revision: u64) {
        let tx = self.tx.clone();
        self.runtime.spawn(async move {
            tokio::time::sleep(QUIET).await;
            let _ = tx.send(Event::Idle { folder, revision });
        });
    }

    /// Makes the outputs, to find what can't be written, and for whoever asks for them next.
    pub(super) fn idle(&mut self, folder: &Arc<Path>, revision: u64) {
        let Some(project) = self.projects.iter().find(|p| p.folder == *folder && p.revision == revision) else {
            return;
        };
        if !self.config.evaluate || project.parts.is_empty() {
            return;
        }
        let (analysis, tx, folder) = (project.host.snapshot(), self.tx.clone(), folder.clone());
        let work = move || {
            lower_priority();
            let make = move || {
                let (evaluated, places) = (analysis.evaluated(), analysis.session().places());
                // Between two parts of the outputs it takes a while until a change is seen; nothing may wait for that.
                drop(analysis);
                diagnostics::of_outputs(&evaluated, &places)
            };
            match catch_unwind(AssertUnwindSafe(|| cancellable(AssertUnwindSafe(make)))) {
                Ok(Ok(problems)) if problems.is_empty() => {}
                Ok(Ok(problems)) => drop(tx.send(Event::Outputs { folder, revision, problems })),
                Ok(Err(_)) => {}
                Err(_) => tracing::error!("the outputs could not be made"),
            }
        };
        // A thread of its own: priorities are lowered for good.
        if let Err(error) = std::thread::Builder::new().name("outputs".to_owned()).stack_size(16 << 20).spawn(work) {
            tracing::error!("no thread for the outputs: {error}");
        }
    }

    pub(super) fn outputs(&mut self, folder: &Arc<Path>, revision: u64, problems: Vec<Diagnostic>) {
        let Some(at) = self.projects.iter().position(|p| p.folder == *folder && p.revision == revision) else { return };
        let mut all = self.projects[at].found.all.clone();
        for problem in problems {
            let known = all.iter().any(|d| d.code == problem.code && d.place == problem.place);
            if !known {
                all.push(problem);
            }
        }
        self.projects[at].found = Arc::new(Found { revision, whole: true, all });
        let snap = self.snap(&self.projects[at], FileId(0), None);
        self.publish(at, &snap, true);
    }

    /// Tells the client what is new, if anything is; with `refresh` also that it may ask again.
    fn publish(&mut self, at: usize, snap: &Snap, refresh: bool) -> bool {
        let pulled = |file: FileId, documents: &FxHashMap<PathBuf, Document>| {
            let open = || documents.values().any(|d| d.project == snap.folder && d.file == file);
            self.client.pulls && open()
        };
        let mut now = diagnostics::by_file(snap);
        let project = &mut self.projects[at];
        let mut changed = false;
        let mut files: Vec<FileId> = project.published.keys().chain(now.keys()).copied().collect();
        files.sort();
        files.dedup();
        for file in files {
            let diagnostics = now.remove(&file).unwrap_or_default();
            if project.published.get(&file).is_some_and(|old| *old == diagnostics) {
                continue;
            }
            changed = true;
            let pulls = pulled(file, &self.documents);
            if !pulls && let Some(uri) = snap.uri(file) {
                let version =
                    self.documents.values().find(|d| d.project == snap.folder && d.file == file).map(|d| d.version);
                let _ = self.out.send(Outgoing::Publish { uri, version, diagnostics: diagnostics.clone() });
            }
            match diagnostics.is_empty() {
                true => drop(project.published.remove(&file)),
                false => drop(project.published.insert(file, diagnostics)),
            }
        }
        if changed && refresh {
            let _ = self.out.send(Outgoing::Refresh);
        }
        changed
    }
}

impl Project {
    /// Takes a step of a check, elsewhere; a change cancels it.
    pub(super) fn work(&self, runtime: &Handle, tx: &Sender<Event>, step: impl FnOnce() -> Step + Send + 'static) {
        let (folder, revision, tx) = (self.folder.clone(), self.revision, tx.clone());
        runtime.spawn_blocking(move || {
            let begun = Instant::now();
            let result = catch_unwind(AssertUnwindSafe(|| cancellable(AssertUnwindSafe(step))));
            let done = matches!(result, Ok(Ok(_)));
            match result {
                // Nobody listens any more when the server stops.
                Ok(Ok(step)) => drop(tx.send(Event::Checked { folder, revision, step })),
                Ok(Err(_)) => {}
                Err(_) => tracing::error!("a check failed; what was known before stays"),
            }
            tracing::debug!(revision, us = begun.elapsed().as_micros() as u64, done, "check");
        });
    }
}
