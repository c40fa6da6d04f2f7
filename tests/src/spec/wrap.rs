//! Puts an example into a small site, so that it need not be a whole project. Lines stay where they are.

use crate::spec::{Place, SpecExample};
use kss_span::{FileId, TextRange};
use kss_syntax::ast::{Stmt, StmtKind};
use kss_syntax::parse;

/// The file of the small site.
pub(super) const SMALL_SITE: &str = "small-site.kss";
/// Capabilities for which that file has a module.
pub(super) const STAND_INS: &[&str] =
    &["machine-os", "distribution", "cni", "network-policy", "load-balancer", "gitops", "secret-store", "certificates"];
const SMALL_MODULES: &str = include_str!("../../spec/small-site.kss");

/// What a site, a cluster and a machine must say. An example may say something else.
const SITE: &str = r#"
  default domains { root = "example.com", base = "lab.example.com" }
  default contact = "admin@example.com"
  default git.project = "home"
  default operator.ssh-keys = ["ssh-ed25519 AAAA admin@example.com"]
  network lan { default cidrs = [10.69.50.0/24], default gateway = 10.69.50.1 }
  default primary = network.lan
  default router.ip = 10.69.50.1
"#;
const CLUSTER: &str = r#"
  node master { default role = server, default ip = 10.69.50.20, default memory = 8GiB }
"#;
const MACHINE: &str = "
  default ip = 10.69.50.10
  default memory = 8GiB
";

/// The files of a project that the example is the heart of. `compare`: are its values compared, or written as they are?
pub(super) fn project(example: &SpecExample, compare: bool) -> Vec<(String, String)> {
    let mut files = example.files.clone();
    let Some((_, main)) = files.last_mut() else { return files };
    let parsed = parse(FileId(0), main);
    let items: Vec<Item> = parsed.file.items.iter().zip(&parsed.spans).map(Item::new).collect();
    let shown = comparisons(example, &items, compare);
    match example.place {
        Place::File => {
            let known = |word: &str| example.files.iter().any(|(_, text)| declares(text, word));
            match (known("site"), scope_end(&items)) {
                (true, Some((scope, end))) if !shown.is_empty() => {
                    main.insert_str(end - 1, &format!("\n{}", output(scope, &shown)));
                    files.push((SMALL_SITE.to_owned(), SMALL_MODULES.to_owned()));
                }
                (true, _) => {}
                // What is broken says so as it is.
                (false, _) if !parsed.errors.is_empty() => {}
                (false, _) => {
                    main.push_str(&format!(
                        "module spec-example {{\n phase = apps\n {}}}\n",
                        output("cluster", &shown)
                    ));
                    files.push(small_site("use spec-example"));
                }
            }
        }
        place => {
            let outside = wrap(main, &items, place, &shown);
            files.push((SMALL_SITE.to_owned(), outside));
        }
    }
    files
}

/// The files with stand-ins for the capabilities of clusters and machines in `missing`.
pub(super) fn completed(files: &[(String, String)], missing: &[&str]) -> Vec<(String, String)> {
    let mut files = files.to_vec();
    if files.iter().all(|(path, _)| path != SMALL_SITE) {
        files.push((SMALL_SITE.to_owned(), SMALL_MODULES.to_owned()));
    }
    let (of_machine, of_cluster): (Vec<&str>, Vec<&str>) = missing.iter().partition(|name| **name == "machine-os");
    let uses: String = of_cluster.iter().map(|name| format!("\nuse small-{name}")).collect();
    let nodes = if of_machine.is_empty() { "" } else { "\neach node { use small-machine-os }" };
    for (path, text) in &mut files {
        if !path.ends_with(".kss") {
            continue;
        }
        let parsed = parse(FileId(0), text);
        let items: Vec<Item<'_>> = parsed.file.items.iter().zip(&parsed.spans).map(Item::new).collect();
        let clusters = items.iter().filter(|i| matches!(i.stmt.kind, StmtKind::Cluster { .. }));
        let ends: Vec<usize> = clusters.map(|i| i.range.hi as usize - 1).collect();
        ends.into_iter().rev().for_each(|end| text.insert_str(end, &format!("{uses}{nodes}\n")));
    }
    files
}

/// A top-level item of an example.
struct Item<'a> {
    stmt: &'a Stmt,
    range: TextRange,
}

impl<'a> Item<'a> {
    fn new((stmt, spans): (&'a std::sync::Arc<Stmt>, &std::sync::Arc<[TextRange]>)) -> Item<'a> {
        let range = spans.get(stmt.id.0 as usize).copied().unwrap_or(TextRange::empty(0));
        Item { stmt, range }
    }
}

fn declares(text: &str, word: &str) -> bool {
    text.lines().any(|line| line.starts_with(&format!("{word} ")))
}

/// The last cluster of the file, or its last site, with the byte behind its closing brace.
fn scope_end(items: &[Item<'_>]) -> Option<(&'static str, usize)> {
    let last = |wanted: fn(&StmtKind) -> bool| items.iter().rev().find(|i| wanted(&i.stmt.kind));
    let cluster = last(|k| matches!(k, StmtKind::Cluster { .. })).map(|i| ("cluster", i.range.hi as usize));
    cluster.or_else(|| last(|k| matches!(k, StmtKind::Site { .. })).map(|i| ("site", i.range.hi as usize)))
}

/// Conditions: what is compared, and every `let` of the file, which nobody else may read.
fn comparisons(example: &SpecExample, items: &[Item<'_>], compare: bool) -> Vec<String> {
    let values = example
        .values
        .iter()
        .map(|(path, value)| if compare { format!("({path}) == ({value})") } else { format!("({path})") });
    let mut all: Vec<String> = values.collect();
    if example.place == Place::File && compare {
        for item in items {
            if let StmtKind::Let { name, .. } = &item.stmt.kind {
                all.push(format!("{0} == {0}", name.text));
            }
        }
    }
    all
}

/// The name under which comparison number `at` is found in the model.
pub(super) fn key(at: usize) -> String {
    format!("v{at}")
}

fn output(scope: &str, shown: &[String]) -> String {
    if shown.is_empty() {
        return String::new();
    }
    let fields: String = shown.iter().enumerate().map(|(at, cond)| format!("  \"{}\" = {cond}\n", key(at))).collect();
    format!("spec-of-{scope} {{\n{fields}}}\n")
}

/// Encloses what is no declaration of a file; the text of the file that the rest of the project is in.
fn wrap(main: &mut String, items: &[Item<'_>], place: Place, shown: &[String]) -> String {
    let inner = || items.iter().filter(|i| !at_top(&i.stmt.kind));
    let (Some(first), Some(last)) = (inner().next(), inner().next_back()) else { return small_site("").1 };
    let (start, end) = (first.range.lo as usize, last.range.hi as usize);
    let (head, behind, scope, outside) = match place {
        Place::File | Place::Module => {
            let head = "module spec-example { phase = apps, ".to_owned();
            (head, String::new(), "cluster", small_site("use spec-example").1)
        }
        Place::Site => ("site home { ".to_owned(), SITE.to_owned(), "site", SMALL_MODULES.to_owned()),
        Place::Machine => {
            let behind = format!("{MACHINE}{}}}\n{SITE}", output("machine", shown));
            ("site home { machine example { ".to_owned(), behind, "", SMALL_MODULES.to_owned())
        }
        Place::Cluster => {
            ("cluster kss in home { ".to_owned(), CLUSTER.to_owned(), "cluster", SMALL_MODULES.to_owned())
        }
    };
    let values = if scope.is_empty() { String::new() } else { output(scope, shown) };
    // On one line, so that those behind it stay where they are.
    main.insert_str(end, &format!("\n{behind}{values}}}").replace('\n', ", "));
    if place == Place::Cluster {
        main.push_str(&format!("site home {{{SITE}}}\n"));
    }
    main.insert_str(start, &head);
    outside
}

fn at_top(kind: &StmtKind) -> bool {
    matches!(
        kind,
        StmtKind::Import(_)
            | StmtKind::Module { .. }
            | StmtKind::Type { .. }
            | StmtKind::Fn { .. }
            | StmtKind::Capability { .. }
            | StmtKind::Kind(_)
            | StmtKind::Test { .. }
    )
}

fn small_site_alone() -> String {
    format!("{SMALL_MODULES}\nsite home {{{SITE}}}\n")
}

fn small_site(more: &str) -> (String, String) {
    (SMALL_SITE.to_owned(), format!("{}cluster kss in home {{{CLUSTER}  {more}\n}}\n", small_site_alone()))
}
