//! The files of a chart: of a folder, or of a package.

use crate::failure::Failure;
use flate2::read::GzDecoder;
use kss_schema::import::Files;
use std::io::Read;
use std::path::Path;

/// What a chart's documents may hold together, in bytes; a package that unpacks to more is no chart.
const MOST: u64 = 64 << 20;

/// How deep packages may lie in packages.
const DEEPEST: usize = 4;

/// The documents of a chart that say what values it takes, its subcharts' among them, by their paths in its folder.
pub(crate) fn read(path: &Path) -> Result<Files, Failure> {
    let mut files = Files::new();
    let fail = |source| Failure::Read { path: path.to_owned(), source };
    if path.is_dir() {
        folder(path, "", &mut files).map_err(fail)?;
    } else {
        let bytes = std::fs::read(path).map_err(fail)?;
        unpack(&bytes, "", 0, &mut files).map_err(|error| {
            let what = "it is no folder, and no package as `helm pull` and `helm package` write it";
            Failure::Lock(format!("`{}` can't be unpacked: {what} ({error})", path.display()))
        })?;
    }
    Ok(files)
}

fn is_wanted(name: &str) -> bool {
    matches!(name, "Chart.yaml" | "values.yaml" | "values.schema.json")
}

fn folder(path: &Path, inside: &str, files: &mut Files) -> std::io::Result<()> {
    for name in ["Chart.yaml", "values.yaml", "values.schema.json"] {
        match std::fs::read(path.join(name)) {
            Ok(bytes) => {
                files.insert(format!("{inside}{name}"), String::from_utf8_lossy(&bytes).into_owned());
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    let charts = path.join("charts");
    if !charts.is_dir() || inside.matches("charts/").count() >= DEEPEST {
        return Ok(());
    }
    for entry in std::fs::read_dir(charts)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() {
            folder(&entry.path(), &format!("{inside}charts/{name}/"), files)?;
        } else if let Some(stem) = name.strip_suffix(".tgz") {
            let bytes = std::fs::read(entry.path())?;
            unpack(&bytes, &format!("{inside}charts/{stem}/"), 1, files)?;
        }
    }
    Ok(())
}

/// Reads a package whose files belong below `inside`. Everything in it lies in one folder, the name of the chart.
fn unpack(bytes: &[u8], inside: &str, depth: usize, files: &mut Files) -> std::io::Result<()> {
    let mut archive = tar::Archive::new(GzDecoder::new(bytes).take(MOST));
    for entry in archive.entries()? {
        let mut entry = entry?;
        let path = entry.path()?.to_string_lossy().into_owned();
        let Some((_, path)) = path.trim_start_matches("./").split_once('/') else { continue };
        let name = path.rsplit('/').next().unwrap_or_default();
        let packed = path.strip_prefix("charts/").and_then(|rest| rest.strip_suffix(".tgz"));
        if is_wanted(name) {
            let mut text = Vec::new();
            entry.read_to_end(&mut text)?;
            files.insert(format!("{inside}{path}"), String::from_utf8_lossy(&text).into_owned());
        } else if let Some(stem) = packed.filter(|stem| !stem.contains('/') && depth < DEEPEST) {
            let mut packed = Vec::new();
            entry.read_to_end(&mut packed)?;
            unpack(&packed, &format!("{inside}charts/{stem}/"), depth + 1, files)?;
        }
    }
    Ok(())
}
