//! Makes the files of `stdlib/lock` from their sources:
//!
//! ```text
//! cargo run -p kss-schema --example lock-import -- --sources stdlib/lock/sources.toml --inputs DIR --out stdlib/lock [NAME…]
//! ```
//!
//! With names only those charts, APIs and tables. Corrections are read from `patches/NAME.txt` (of APIs `patches/NAME-kinds.txt`) beside the sources. At the
//! end it writes `files.rs`, the list of all files in the folder, for whoever embeds them.

use kss_schema::import::{ImportError, Imported, Manifest};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[allow(clippy::print_stderr, reason = "a program for the terminal")]
fn main() -> ExitCode {
    match run(std::env::args().skip(1)) {
        Ok(lines) => {
            lines.iter().for_each(|line| eprintln!("{line}"));
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

struct Args {
    sources: PathBuf,
    inputs: PathBuf,
    out: PathBuf,
    names: Vec<String>,
}

fn parse(mut words: impl Iterator<Item = String>) -> Result<Args, String> {
    let (mut flags, mut names) = (BTreeMap::new(), Vec::new());
    while let Some(word) = words.next() {
        match word.strip_prefix("--") {
            Some(flag) => {
                let value = words.next().ok_or_else(|| format!("`--{flag}` needs a path"))?;
                flags.insert(flag.to_owned(), PathBuf::from(value));
            }
            None => names.push(word),
        }
    }
    let mut take = |flag: &str| flags.remove(flag).ok_or_else(|| format!("`--{flag} PATH` is missing"));
    Ok(Args { sources: take("sources")?, inputs: take("inputs")?, out: take("out")?, names })
}

fn run(words: impl Iterator<Item = String>) -> Result<Vec<String>, String> {
    let args = parse(words)?;
    let manifest = Manifest::parse(&read_file(&args.sources)?).map_err(|e| e.to_string())?;
    let patches = args.sources.parent().unwrap_or(Path::new(".")).join("patches");
    let input = |path: &str| {
        read_file(&args.inputs.join(path))
            .map_err(|message| ImportError::Unreadable { input: path.to_owned(), message })
    };
    let wanted = |name: &String| args.names.is_empty() || args.names.contains(name);
    let patch = |name: &str| std::fs::read_to_string(patches.join(format!("{name}.txt"))).ok();
    let mut made: Vec<Result<Imported, ImportError>> = Vec::new();
    let charts = manifest.chart.iter().filter(|c| wanted(&c.name));
    made.extend(charts.map(|c| c.import(&input, patch(&c.name).as_deref())));
    let kinds = manifest.kinds.iter().filter(|k| wanted(&k.name));
    made.extend(kinds.map(|k| k.import(&input, patch(&k.patch_name()).as_deref())));
    let options = manifest.options.iter().filter(|o| wanted(&o.name));
    made.extend(options.map(|o| o.import(&input, patch(&o.name).as_deref())));
    let mut lines = Vec::new();
    for imported in made {
        let imported = imported.map_err(|e| e.to_string())?;
        write(&args.out.join(&imported.path), &imported.text)?;
        lines.push(format!("{} ({} bytes)", imported.path, imported.text.len()));
        lines.extend(imported.warnings.iter().map(|warning| format!("  {warning}")));
    }
    let files = list_files(&args.out)?;
    write(&args.out.join("files.rs"), &files)?;
    Ok(lines)
}

/// Rust source that names every file.
fn list_files(folder: &Path) -> Result<String, String> {
    let mut paths = Vec::new();
    for sub in ["charts", "kinds", "options"] {
        let Ok(entries) = std::fs::read_dir(folder.join(sub)) else { continue };
        for entry in entries {
            let entry = entry.map_err(|error| format!("{sub}: {error}"))?;
            paths.push(format!("{sub}/{}", entry.file_name().to_string_lossy()));
        }
    }
    paths.sort_unstable();
    let lines: String = paths.iter().map(|path| format!("    (\"{path}\", include_str!(\"{path}\")),\n")).collect();
    Ok(format!(
        "//! Written by `lock-import`: the files of this folder, by path.\n\n\
         /// Path below this folder, and text.\n#[rustfmt::skip]\npub static FILES: &[(&str, &str)] = &[\n{lines}];\n"
    ))
}

fn read_file(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let written = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(path, text));
    written.map_err(|error| format!("{}: {error}", path.display()))
}
