//! `kssc lock`: facts of the outside world, from files and words that the user has.

mod archive;
mod words;

use crate::Outcome;
use crate::failure::Failure;
use crate::files::put;
use crate::paths;
use crate::ui::Ui;
use kss_schema::import::{Imported, Input, KindFile, KindsInput, Provenance, kinds, package};
use kss_schema::{Lock, Locked, LockedFlake, LockedKind};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Add a fact of the outside world to kss.lock: a chart, a CRD, an image, a key
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  kssc lock chart podinfo-6.7.1.tgz --repo https://stefanprodan.github.io/podinfo
  kssc lock chart charts/hello                         a chart of the project itself
  kssc lock crd gateways.yaml                          kinds that a file defines
  kssc lock image goharbor/harbor-db:v2.14.2@sha256:…  the digest that a tag has
  kssc lock host-key machine/kss-master#ssh-host \"ssh-ed25519 AAAA…\"
  kssc lock flake deploy/flake.lock                    the lock that Nix wrote for the deploy tree

Nothing is fetched: `helm pull`, `kubectl get crd -o yaml`, `crane digest` and `ssh-keyscan` do that.
kss.lock lies beside the sources, or in a folder above them up to the top of the repository; schemas
lie in .kss/lock beside it. Commit both. The same facts give the same bytes, whatever was added first.")]
pub(crate) struct Args {
    /// The project
    #[arg(long, global = true, value_name = "PATH")]
    path: Option<PathBuf>,
    #[command(subcommand)]
    what: What,
}

/// What to lock.
#[derive(clap::Subcommand, Debug)]
enum What {
    /// The values that a chart takes
    Chart {
        /// Its package (`helm pull` writes one), or its folder
        #[arg(value_name = "FILE.tgz")]
        file: PathBuf,
        /// Its repository, as `chart { repo = … }` says; none for a chart of the project
        #[arg(long, value_name = "URL", default_value = "")]
        repo: String,
    },
    /// Kinds of Kubernetes: YAML of CustomResourceDefinitions
    Crd {
        /// The files; each becomes one of the lock, called like it
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Version of what brings them
        #[arg(long, value_name = "VERSION", default_value = "")]
        version: String,
    },
    /// The digest of an image
    Image {
        /// Images with the tag that the sources name
        #[arg(required = true, value_name = "NAME:TAG@sha256:…")]
        images: Vec<String>,
    },
    /// The public half of a key pair, of a host for one
    HostKey {
        /// Path and key of its credential: `machine/kss-master#ssh-host`
        #[arg(value_name = "PATH#KEY")]
        name: String,
        /// As OpenSSH writes it, or a recipient of age
        #[arg(value_name = "\"ssh-ed25519 AAAA…\"")]
        key: String,
    },
    /// The flake.lock of the deploy tree
    Flake {
        /// As `nix flake lock` wrote it
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

/// A lock that is being changed.
struct Open {
    /// Where it lies.
    path: PathBuf,
    lock: Lock,
    /// What was added, a line each.
    said: String,
}

pub(crate) fn run(args: Args, ui: &Ui) -> Result<Outcome, Failure> {
    let mut open = Open::of(args.path)?;
    match args.what {
        What::Chart { file, repo } => open.chart(&file, &repo, ui)?,
        What::Crd { files, version } => files.iter().try_for_each(|file| open.crd(file, &version, ui))?,
        What::Image { images } => images.iter().try_for_each(|image| open.image(image))?,
        What::HostKey { name, key } => open.host_key(&name, &key)?,
        What::Flake { file } => open.flake(&file)?,
    }
    open.close(ui)
}

impl Open {
    /// The lock of the project at `path`; an empty one beside its sources if it has none.
    fn of(path: Option<PathBuf>) -> Result<Open, Failure> {
        let root = paths::root(path)?;
        let beside = if root.is_file() { root.parent().map(Path::to_owned).unwrap_or_default() } else { root.clone() };
        let path = kss_project::find_lock(&[root]).unwrap_or_else(|| beside.join("kss.lock"));
        let lock = match std::fs::read_to_string(&path) {
            Ok(text) => Lock::parse(&text).map_err(|problem| Failure::Lock(problem.to_string()))?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Lock::default(),
            Err(source) => return Err(Failure::Read { path, source }),
        };
        Ok(Open { path, lock, said: String::new() })
    }

    fn chart(&mut self, file: &Path, repo: &str, ui: &Ui) -> Result<(), Failure> {
        let files = archive::read(file)?;
        let imported = package(&files, repo, &shown(file))
            .map_err(|error| Failure::Lock(format!("`{}` is no chart: {error}", file.display())))?;
        self.add(LockedKind::Chart, &imported, repo, ui)
    }

    fn crd(&mut self, file: &Path, version: &str, ui: &Ui) -> Result<(), Failure> {
        let text = read(file)?;
        let name = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        words::check_name(&name)?;
        let imported = kinds(&KindsInput {
            from: Provenance { name, version: version.to_owned(), source: shown(file), ..Provenance::default() },
            files: vec![KindFile::Crds(Input { name: &shown(file), text: &text })],
            patch: None,
        });
        let imported = imported.map_err(|error| Failure::Lock(error.to_string()))?;
        self.add(LockedKind::Kinds, &imported, "", ui)
    }

    /// Writes a schema beside the lock and names it there.
    fn add(&mut self, kind: LockedKind, imported: &Imported, repo: &str, ui: &Ui) -> Result<(), Failure> {
        let header = kss_schema::Header::of(&imported.text);
        let said = |word: &str| header.get(word).unwrap_or_default().to_owned();
        let (name, version) = (said("name"), said("version"));
        words::check_name(&name)?;
        if !version.is_empty() {
            words::check_name(&version)?;
        }
        for warning in &imported.warnings {
            ui.say(warning);
        }
        let path = format!(".kss/lock/{}", imported.path);
        put(&self.beside(&path), &imported.text)?;
        let blake3 = blake3::hash(imported.text.as_bytes()).to_hex().to_string();
        let what = if kind == LockedKind::Chart { "chart" } else { "kinds" };
        let _ = writeln!(self.said, "{}", format!("{what} {name} {version}").trim_end());
        self.lock.add(kind, Locked { name, version, repo: repo.to_owned(), path, blake3 });
        Ok(())
    }

    fn image(&mut self, image: &str) -> Result<(), Failure> {
        let (name, digest) = words::image(image)?;
        let _ = writeln!(self.said, "image {name}");
        self.lock.image.insert(name, digest);
        Ok(())
    }

    fn host_key(&mut self, name: &str, key: &str) -> Result<(), Failure> {
        words::check_place(name)?;
        let key = words::public_key(key)?;
        let _ = writeln!(self.said, "host-key {name}");
        self.lock.host_key.insert(name.to_owned(), key);
        Ok(())
    }

    fn flake(&mut self, file: &Path) -> Result<(), Failure> {
        let text = read(file)?;
        words::check_flake(&text, file)?;
        let path = ".kss/lock/flake.lock".to_owned();
        put(&self.beside(&path), &text)?;
        let blake3 = blake3::hash(text.as_bytes()).to_hex().to_string();
        let _ = writeln!(self.said, "flake");
        self.lock.flake = Some(LockedFlake { path, blake3 });
        Ok(())
    }

    fn beside(&self, path: &str) -> PathBuf {
        self.path.parent().unwrap_or(Path::new("")).join(path)
    }

    /// Writes the lock, after all files that it names.
    fn close(self, ui: &Ui) -> Result<Outcome, Failure> {
        let text = self.lock.write().map_err(|error| Failure::Lock(error.to_string()))?;
        put(&self.path, &text)?;
        ui.print(&self.said)?;
        ui.say(&format!("locked in {}", self.path.display()));
        Ok(Outcome::Fine)
    }
}

fn read(file: &Path) -> Result<String, Failure> {
    let bytes = std::fs::read(file).map_err(|source| Failure::Read { path: file.to_owned(), source })?;
    String::from_utf8(bytes).map_err(|_| Failure::Lock(format!("`{}` is not UTF-8 text", file.display())))
}

/// The name of a file, as its schema tells where it came from: no folder of the machine that made it.
fn shown(file: &Path) -> String {
    file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
