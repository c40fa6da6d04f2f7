//! `sources.toml`: what the files of a lock are made of, so that they can be made again.

use crate::import::{ChartInput, ImportError, Imported, Input, KindFile, KindsInput, OptionsInput, Provenance};
use crate::import::{chart, kinds, options};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The sources of a folder of schemas.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Charts.
    #[serde(default)]
    pub chart: Vec<ChartSource>,
    /// APIs.
    #[serde(default)]
    pub kinds: Vec<KindsSource>,
    /// Lists of NixOS options.
    #[serde(default)]
    pub options: Vec<OptionsSource>,
}

/// A chart; paths are those of the inputs.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct ChartSource {
    pub name: String,
    pub version: String,
    #[serde(default)]
    pub repo: String,
    pub source: String,
    pub licence: String,
    /// Path of `values.yaml`.
    pub values: String,
    /// Path of `values.schema.json`.
    pub schema: Option<String>,
    /// Alias to path of the subchart's `values.yaml`.
    #[serde(default)]
    pub subcharts: BTreeMap<String, String>,
    /// See [`ChartInput::unwrap`].
    pub unwrap: Option<String>,
}

/// An API.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct KindsSource {
    pub name: String,
    pub version: String,
    pub source: String,
    pub licence: String,
    /// Paths of CRDs (`.yaml`) and JSON Schemas (`.json`).
    pub files: Vec<String>,
}

/// A list of options.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct OptionsSource {
    pub name: String,
    #[serde(default)]
    pub version: String,
    pub source: String,
    pub licence: String,
    pub file: String,
    /// See [`OptionsInput::underscored`].
    #[serde(default)]
    pub underscored: bool,
    /// See [`OptionsInput::docs`].
    #[serde(default)]
    pub docs: bool,
}

/// Reads a file of the inputs.
type Read<'a> = &'a dyn Fn(&str) -> Result<String, ImportError>;

impl Manifest {
    /// Reads a `sources.toml`.
    ///
    /// # Errors
    ///
    /// It is no TOML, or has an unknown key or misses one.
    pub fn parse(text: &str) -> Result<Manifest, ImportError> {
        toml::from_str(text).map_err(|error| ImportError::Unreadable {
            input: "sources.toml".into(),
            message: error.message().to_owned(),
        })
    }
}

/// `helm-values/loki.yaml` is called `loki.yaml` in headers and errors.
fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

impl ChartSource {
    /// Makes its file. `read` gives the inputs by path, `patch` is the text of its corrections.
    ///
    /// # Errors
    ///
    /// As [`chart`], and what `read` reports.
    pub fn import(&self, read: Read<'_>, patch: Option<&str>) -> Result<Imported, ImportError> {
        let values = read(&self.values)?;
        let schema = self.schema.as_deref().map(read).transpose()?;
        let subcharts: Vec<(&String, &String, String)> = self
            .subcharts
            .iter()
            .map(|(alias, path)| Ok((alias, path, read(path)?)))
            .collect::<Result<_, ImportError>>()?;
        let patch_name = format!("patches/{}.txt", self.name);
        chart(&ChartInput {
            from: Provenance {
                name: self.name.clone(),
                version: self.version.clone(),
                repo: self.repo.clone(),
                source: self.source.clone(),
                licence: self.licence.clone(),
            },
            values: Input { name: "values.yaml", text: &values },
            schema: schema.as_deref().map(|text| Input { name: "values.schema.json", text }),
            subcharts: subcharts
                .iter()
                .map(|(alias, path, text)| ((*alias).clone(), Input { name: base(path), text }))
                .collect(),
            unwrap: self.unwrap.clone(),
            patch: patch.map(|text| Input { name: &patch_name, text }),
        })
    }
}

impl KindsSource {
    /// The name of its corrections. A chart may be called as its API is.
    pub fn patch_name(&self) -> String {
        format!("{}-kinds", self.name)
    }

    /// Makes its file. `read` gives the inputs by path, `patch` is the text of its corrections.
    ///
    /// # Errors
    ///
    /// As [`kinds`], and what `read` reports.
    pub fn import(&self, read: Read<'_>, patch: Option<&str>) -> Result<Imported, ImportError> {
        let patch_name = format!("patches/{}.txt", self.patch_name());
        let texts: Vec<(&String, String)> =
            self.files.iter().map(|path| Ok((path, read(path)?))).collect::<Result<_, ImportError>>()?;
        let file = |(path, text): &'_ (&String, String)| (base(path).to_owned(), text.clone());
        let texts: Vec<(String, String)> = texts.iter().map(file).collect();
        let files = texts.iter().map(|(name, text)| {
            let input = Input { name, text };
            if name.ends_with(".json") { KindFile::JsonSchema(input) } else { KindFile::Crds(input) }
        });
        kinds(&KindsInput {
            from: Provenance {
                name: self.name.clone(),
                version: self.version.clone(),
                repo: String::new(),
                source: self.source.clone(),
                licence: self.licence.clone(),
            },
            files: files.collect(),
            patch: patch.map(|text| Input { name: &patch_name, text }),
        })
    }
}

impl OptionsSource {
    /// Makes its file. `read` gives the inputs by path, `patch` is the text of its corrections.
    ///
    /// # Errors
    ///
    /// As [`options`], and what `read` reports.
    pub fn import(&self, read: Read<'_>, patch: Option<&str>) -> Result<Imported, ImportError> {
        let text = read(&self.file)?;
        let patch_name = format!("patches/{}.txt", self.name);
        options(&OptionsInput {
            from: Provenance {
                name: self.name.clone(),
                version: self.version.clone(),
                repo: String::new(),
                source: self.source.clone(),
                licence: self.licence.clone(),
            },
            document: Input { name: base(&self.file), text: &text },
            underscored: self.underscored,
            docs: self.docs,
            patch: patch.map(|text| Input { name: &patch_name, text }),
        })
    }
}
