//! Runs examples and says what is not as they say.

use crate::spec::compile::{Compiled, compile};
use crate::spec::wrap::{STAND_INS, completed, key, project};
use crate::spec::{Expected, Place, SpecExample, root};
use kss_diag::{Code, Diagnostic, Places, Run, Severity, code, terminal, terminal_all};

/// What is wrong with an example; nothing if it is as it says.
pub fn run(example: &SpecExample) -> Vec<String> {
    if let Some(path) = &example.part_of {
        return not_part_of(example, path);
    }
    if let Some(path) = &example.into {
        return inserted(example, path);
    }
    let mut compiled = whole(&project(example, true), &example.errors);
    // What the library says of itself (an image without a digest) is no matter of an example.
    let places = Places::new(compiled.sources());
    let own = |d: &Diagnostic| d.severity == Severity::Error || !place(d, &places).0.starts_with("std/");
    compiled.diagnostics = compiled.diagnostics.iter().filter(|d| own(d)).cloned().collect();
    let mut wrong = match (&example.message, compiled.diagnostics.len()) {
        // The message is what it expects.
        (Some(_), 1) if example.errors.is_empty() => Vec::new(),
        _ => diagnostics(example, &compiled),
    };
    if !wrong.is_empty() {
        return wrong;
    }
    if let Some(message) = &example.message {
        wrong.extend(message_differs(message, &compiled));
    }
    for (at, (path, value)) in example.values.iter().enumerate() {
        match compiled.holds(&key(at)) {
            Some(true) => {}
            Some(false) => {
                let is = whole(&project(example, false), &[]).shown(&key(at)).unwrap_or_default();
                wrong.push(format!("`{path}` is not `{value}`, it is\n{is}"));
            }
            None => wrong.push(format!("`{path}` was not evaluated")),
        }
    }
    wrong.extend(example.outputs.iter().filter_map(|(path, text)| output_differs(path, text, &compiled)));
    if example.test {
        let places = Places::new(compiled.sources());
        let failed = compiled.tests().into_iter().filter(|test| !test.diagnostics.is_empty());
        wrong
            .extend(failed.map(|t| format!("test \"{}\":\n{}", t.title, terminal_all(&t.diagnostics, &places, false))));
    }
    wrong
}

/// Compiles `files`. Examples have clusters that lack most of what one needs; unless that is what they show, it is added.
fn whole(files: &[(String, String)], expected: &[Expected]) -> Compiled {
    let compiled = compile(files);
    let found = compiled.diagnostics.iter().filter(|d| d.code == &code::NO_PROVIDER);
    let shown = |name: &&str| expected.iter().any(|e| e.code == code::NO_PROVIDER.id && e.part.contains(*name));
    let mut missing: Vec<&str> = found.filter_map(|d| lacking(&d.message)).filter(|name| !shown(name)).collect();
    missing.sort_unstable();
    missing.dedup();
    if missing.is_empty() { compiled } else { compile(&completed(files, &missing)) }
}

/// The capability in "kss has no `cni`", "kss has no `secret-store`, and secret `db` needs one".
fn lacking(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once("has no `")?;
    rest.split('`').next().filter(|name| STAND_INS.contains(name))
}

fn not_part_of(example: &SpecExample, path: &str) -> Vec<String> {
    let text = std::fs::read_to_string(root().join(path)).unwrap_or_default();
    let part = example.files.iter().map(|(_, text)| text.as_str()).collect::<String>();
    if text.contains(&part) { Vec::new() } else { vec![format!("`{path}` does not hold this text")] }
}

/// The site of this repository with the example in it: its first error is the message.
fn inserted(example: &SpecExample, path: &str) -> Vec<String> {
    let part = example.files.iter().map(|(_, text)| text.as_str()).collect::<String>();
    let folder = root().join("clusters");
    let names = std::fs::read_dir(&folder).expect("the site is there").flatten();
    let mut names: Vec<String> = names.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.retain(|name| name.ends_with(".kss") && !name.contains(".private."));
    names.sort();
    let files = names.into_iter().map(|name| {
        let mut text = std::fs::read_to_string(folder.join(&name)).expect("the site is readable");
        let name = format!("clusters/{name}");
        if name == path {
            let end = text.rfind('}').unwrap_or(text.len());
            text.insert_str(end, &part);
        }
        (name, text)
    });
    let mut compiled = compile(&files.collect::<Vec<_>>());
    compiled.diagnostics.retain(|d| d.severity == Severity::Error);
    match &example.message {
        Some(message) => message_differs(message, &compiled).into_iter().collect(),
        None => vec!["it has no message".to_owned()],
    }
}

/// Does the file hold the lines? A line `…` stands for any number of lines.
fn output_differs(path: &str, wanted: &str, compiled: &Compiled) -> Option<String> {
    let Some((_, text)) = compiled.outputs.iter().find(|(known, _)| known == path) else {
        let known = compiled.outputs.iter().map(|(path, _)| path.as_str()).filter(|path| !path.starts_with("nix/"));
        let known: Vec<&str> = known.collect();
        return Some(format!("there is no output `{path}`; there are {known:#?}"));
    };
    let mut lines = text.lines();
    for part in wanted.split("…\n").map(|part| part.lines().collect::<Vec<_>>()).filter(|part| !part.is_empty()) {
        let mut rest: Vec<&str> = lines.clone().collect();
        while rest.len() >= part.len() && rest[..part.len()] != part {
            rest.remove(0);
        }
        if rest.len() < part.len() {
            return Some(format!("`{path}` does not hold\n{}\nit is\n{text}", part.join("\n")));
        }
        let skipped = lines.clone().count() - rest.len() + part.len();
        lines.nth(skipped - 1);
    }
    None
}

/// A diagnostic as a comment announces it.
fn place(diagnostic: &Diagnostic, places: &Places<'_>) -> (String, usize) {
    let position = places.position(diagnostic.place.file, diagnostic.place.range.lo);
    (places.path(diagnostic.place.file).to_owned(), position.line as usize)
}

fn diagnostics(example: &SpecExample, compiled: &Compiled) -> Vec<String> {
    let places = Places::new(compiled.sources());
    let mut expected: Vec<&Expected> = example.errors.iter().collect();
    let mut wrong = Vec::new();
    for diagnostic in &compiled.diagnostics {
        let (file, line) = place(diagnostic, &places);
        let fits = |e: &&Expected| {
            let text = [&diagnostic.message, &diagnostic.label];
            // A check of the library may have no better place than its own.
            let here = e.file == file && e.line == line || file.starts_with("std/");
            here && e.code == diagnostic.code.id && text.iter().any(|t| t.contains(&e.part))
        };
        match expected.iter().position(fits) {
            Some(at) => drop(expected.remove(at)),
            None => wrong.push(format!("unexpected:\n{}", terminal(diagnostic, &places, false))),
        }
    }
    wrong.extend(expected.iter().map(|e| format!("missing: {}:{}: {} \"{}\"", e.file, e.line, e.code, e.part)));
    wrong
}

fn message_differs(message: &str, compiled: &Compiled) -> Option<String> {
    let places = Places::new(compiled.sources());
    let first = compiled.diagnostics.first().map(|d| terminal(d, &places, false)).unwrap_or_default();
    let trimmed = |text: &str| text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    (trimmed(&first) != trimmed(message)).then(|| format!("the message is\n{first}"))
}

/// What is wrong with the examples in the page of a code.
pub fn check_pages(code: &Code) -> Vec<String> {
    let mut wrong = Vec::new();
    for example in code.examples().into_iter().filter(|e| e.run == Run::Check) {
        let spec = SpecExample { files: example.files, place: Place::File, ..SpecExample::default() };
        let files = project(&spec, true);
        let compiled = if code == &code::NO_PROVIDER { compile(&files) } else { whole(&files, &[]) };
        let places = Places::new(compiled.sources());
        let codes: Vec<&str> = compiled.diagnostics.iter().map(|d| d.code.id).collect();
        let fine =
            if example.wrong { !codes.is_empty() && codes.iter().all(|c| *c == code.id) } else { codes.is_empty() };
        if !fine {
            let kind = if example.wrong { "wrong" } else { "right" };
            let shown = terminal_all(&compiled.diagnostics, &places, false);
            wrong.push(format!("{}: the {kind} example gives {codes:?}\n{shown}", code.id));
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::read;

    fn problems(page: &str) -> Vec<String> {
        read(page).expect("the page is well formed").iter().flat_map(run).collect()
    }

    const HELLO: &str = "```kss
module hello { phase = apps, namespace hello {}, manifest ConfigMap hello in hello { data.x = \"1\" } }
cluster kss in home {
  node master { role = server, ip = 10.69.50.20, memory = 8GiB }
  use hello
}
test \"one\" { given kss, expect count(kss.node) == NODES }
site home {
  domains { root = \"example.com\", base = \"lab.example.com\" }
  contact = \"admin@example.com\"
  git.project = \"home\"
  operator.ssh-keys = [\"ssh-ed25519 AAAA admin@example.com\"]
  network lan { cidrs = [10.69.50.0/24] }
  primary = network.lan
  router.ip = 10.69.50.1
}
```
";

    fn hello(more: &str, nodes: &str) -> Vec<String> {
        problems(&format!("{}{more}", HELLO.replace("NODES", nodes).replace("```kss", "```kss test")))
    }

    #[test]
    fn what_is_as_it_says_has_no_problems() {
        let output =
            "```output clusters/kss/kustomize/hello/configmap-hello-hello.yaml\nkind: ConfigMap\n…\n  x: \"1\"\n```\n";
        let values = "```values\ncluster.node.master.ip = 10.69.50.20\n```\n";
        assert_eq!(hello(&format!("{output}{values}"), "1"), [""; 0]);
        assert_eq!(problems("```kss\nlet a : Cidr = 10.0.0.1  # error K0301 \"Cidr\"\n```\n"), [""; 0]);
    }

    #[test]
    fn what_is_not_as_it_says_is_a_problem() {
        for (page, part) in [
            ("```kss\nlet a : Cidr = 10.0.0.1\n```\n", "unexpected"),
            ("```kss\nlet a = 10.0.0.1  # error K0301 \"Cidr\"\n```\n", "missing"),
            ("```kss\nlet a : Cidr = 10.0.0.1  # error K0301 \"Mac\"\n```\n", "missing"),
            ("```kss\nlet a = 1\n```\n```values\na = 2\n```\n", "`a` is not `2`, it is\n1"),
            ("```kss\nlet a : Cidr = 10.0.0.1\n```\n```message\nerror\n```\n", "the message is"),
            ("```kss from:README.md\nlet a = 1\n```\n", "does not hold"),
        ] {
            let found = problems(page);
            assert!(found.iter().any(|problem| problem.contains(part)), "{page}{found:?}");
        }
        let missing =
            hello("```output clusters/kss/kustomize/hello/configmap-hello-hello.yaml\n  x: \"2\"\n```\n", "1");
        assert!(missing[0].contains("does not hold"), "{missing:?}");
        assert!(hello("```output nowhere\nx\n```\n", "1")[0].contains("no output"));
        assert!(hello("", "7")[0].contains("test \"one\""));
    }
}
