//! Reads YAML as those programs do that will read what the compiler writes.

use crate::tools;
use serde_json::Value;

/// A program that reads YAML.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reader {
    /// PyYAML: YAML 1.1, in which `no` is a boolean and `12:30:45` a number.
    Yaml11,
    /// What kubectl, Helm and Argo CD use.
    Kubernetes,
    /// What kustomize and most other programs written in Go use.
    GoV3,
}

impl Reader {
    /// All of them.
    pub const ALL: [Reader; 3] = [Reader::Yaml11, Reader::Kubernetes, Reader::GoV3];

    /// What each text means to it, or why it refuses it. `None` if the program is not installed.
    pub fn read(self, texts: &[&str], test: &str) -> Option<Vec<Result<Value, String>>> {
        let (tool, argument) = match self {
            Reader::Yaml11 => ("yaml11", None),
            Reader::Kubernetes => ("goyaml", Some("kubernetes")),
            Reader::GoV3 => ("goyaml", Some("v3")),
        };
        let mut command = tools::command(tool, test)?;
        let file = tempfile::NamedTempFile::new().expect("a file for the texts");
        serde_json::to_writer(&file, texts).expect("texts are JSON");
        let said = tools::output(command.args(argument).arg(file.path()));
        let answers: Vec<Value> = serde_json::from_str(&said).expect("a list of answers");
        assert_eq!(answers.len(), texts.len(), "one answer for each text");
        Some(answers.into_iter().map(answer).collect())
    }
}

fn answer(mut answer: Value) -> Result<Value, String> {
    match answer.get("error").and_then(Value::as_str) {
        Some(error) => Err(error.to_owned()),
        None => Ok(answer["ok"].take()),
    }
}

/// The documents of a text, each as it stands there.
pub fn documents(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut rest = text.strip_prefix("---\n").unwrap_or(text);
    while let Some((document, more)) = rest.split_once("\n---\n") {
        out.push(document);
        rest = more;
    }
    out.push(rest);
    out
}
