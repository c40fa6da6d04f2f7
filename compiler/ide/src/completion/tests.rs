use crate::testing::{Fixture, clusters};
use crate::{Analysis, Completion, FilePosition};
use kss_span::FileId;
use kss_syntax::TokenKind;

fn offered(text: &str) -> Vec<Completion> {
    let fixture = Fixture::new(text);
    fixture.analysis().completions(fixture.at())
}

/// The first labels that begin with what is typed before the cursor.
fn labels(text: &str) -> Vec<String> {
    let at = text.find("$0").expect("a cursor");
    let before = &text[..at];
    let typed = before.rsplit(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')).next().unwrap_or("");
    offered(text).into_iter().map(|c| c.label).filter(|label| label.starts_with(typed)).collect()
}

fn has(text: &str, wanted: &[&str]) {
    let found = labels(text);
    for label in wanted {
        assert!(found.iter().any(|f| f == label), "`{label}` is not among {found:?}");
    }
}

fn lacks(text: &str, unwanted: &[&str]) {
    let found = labels(text);
    for label in unwanted {
        assert!(!found.iter().any(|f| f == label), "`{label}` is among {found:?}");
    }
}

const DISK: &str =
    "type Disk {\n  ## How much.\n  size : Size\n  name : Text = \"x\"\n  let twice : Size = size * 2\n}\n";

#[test]
fn fields_of_the_record_that_is_written() {
    let text = format!("{DISK}let d : Disk = {{ $0 }}\n");
    let found = offered(&text);
    let size = found.iter().find(|c| c.label == "size").expect("the field is offered");
    assert!(size.required);
    assert_eq!(size.detail.as_deref(), Some("Size"));
    assert!(size.doc.as_deref().is_some_and(|d| d.contains("How much")));
    assert!(!found.iter().any(|c| c.label == "twice"), "what is derived can't be set");
    has(&format!("{DISK}let d : Disk = {{ size = 8GiB, na$0 }}\n"), &["name"]);
}

#[test]
fn fields_behind_a_dot() {
    has(&format!("{DISK}let d : Disk = {{ size = 8GiB }}\nlet e = d.$0\n"), &["size", "name", "twice"]);
    has("let net = 10.0.0.0/24\nlet e = net.ho$0\n", &["host"]);
}

#[test]
fn cases_of_the_union_that_is_expected() {
    let text = "type Pace = fast | slow { by : Int }\nlet p : Pace = $0\n";
    let found = offered(text);
    let first: Vec<&str> = found.iter().take(2).map(|c| c.label.as_str()).collect();
    assert_eq!(first, ["fast", "slow"]);
    assert_eq!(found[1].insert.text(), "slow { $0 }");
    has("type Pace = fast | slow\nlet p : Pace = fast\nlet q = match p { sl$0 => 1 }\n", &["slow"]);
}

#[test]
fn values_of_the_right_type_stand_first() {
    let found = offered("let word = \"x\"\nlet number = 4\nlet wanted : Int = $0\n");
    let at = |label: &str| found.iter().position(|c| c.label == label).unwrap_or(usize::MAX);
    assert!(at("number") < at("word"), "{:?}", found.iter().map(|c| &c.label).take(20).collect::<Vec<_>>());
}

#[test]
fn modules_options_capabilities() {
    let text = "module web {\n  ## How many.\n  option replicas : Int = 1\n}\nsite s {}\n";
    has(&format!("{text}cluster c in s {{\n  use w$0\n}}\n"), &["web"]);
    has(&format!("{text}cluster c in s {{\n  use web {{ re$0 }}\n}}\n"), &["replicas"]);
    has(&format!("{text}cluster c in s {{\n  use web {{ $0"), &["replicas"]);
    has("module m {\n  needs c$0\n}\n", &["cni"]);
    has("module m {\n  provide c$0\n}\n", &["cni"]);
}

#[test]
fn statements_where_they_may_stand() {
    has("mod$0", &["module"]);
    has("module m {\n  opt$0\n}\n", &["option"]);
    has("module m {\n  man$0\n}\n", &["manifest"]);
    has("site s {}\ncluster c in s {\n  u$0\n}\n", &["use"]);
    lacks("module m {\n  $0\n}\n", &["module", "capability"]);
}

#[test]
fn entries_by_their_name() {
    has("module m {\n  namespace web-one {}\n  let n = namespace.$0\n}\n", &["web-one"]);
    has("site s {}\ncluster c in s {\n  use grafana\n  tune route g$0 { }\n}\n", &["grafana"]);
}

#[test]
fn names_and_types_of_imports() {
    has("//- a.kss\nimport ./b.$0\n//- b.kss\nlet lan = 1\n", &["lan"]);
    has("let n : Net$0\n", &["Network"]);
    has("site home {}\ncluster c in h$0 {}\n", &["home"]);
}

#[test]
fn keys_of_charts_and_kubernetes() {
    has("module m {\n  manifest ConfigM$0\n}\n", &["ConfigMap"]);
    has("module m {\n  manifest Deployment web in web {\n    spec.repl$0\n  }\n}\n", &["replicas"]);
    let analysis = clusters().snapshot();
    let file = analysis.file("std/cni/cilium.kss").expect("the library has it");
    let text = analysis.text(file);
    let at = text.find("values {").map(|at| at + "values {".len()).or_else(|| text.find("values.").map(|a| a + 7));
    let found = analysis.completions(FilePosition { file, offset: at.expect("it sets values") as u32 });
    assert!(
        found.iter().any(|c| c.label == "kubeProxyReplacement"),
        "{:?}",
        found.iter().map(|c| &c.label).take(30).collect::<Vec<_>>()
    );
}

#[test]
fn nothing_in_comments_and_reasons() {
    assert!(offered("# let $0\nlet x = 1\n").is_empty());
    assert!(offered("let x = 1 # x$0\n").is_empty());
}

#[test]
fn inside_of_texts_only_holes() {
    has("let name = \"x\"\nlet t = \"a ${na$0}\"\n", &["name"]);
}

#[test]
fn no_position_of_a_broken_text_is_a_mistake() {
    let text = "module m {\n  option a : Int = \n  manifest Config x in { spec. \n  use \n  let t = \"${a.}\" if\n";
    let fixture = Fixture::new(text);
    let analysis = fixture.analysis();
    for offset in 0..=text.len() as u32 {
        analysis.completions(FilePosition { file: FileId(0), offset });
    }
}

/// Words of real files: how often is the word that stands there offered, where all behind the cursor is cut off?
#[test]
#[allow(clippy::print_stdout)] // What a reader of the test wants to know.
fn words_of_the_library_are_offered() {
    let host = clusters();
    let analysis = host.snapshot();
    let places = sample(&analysis, 500);
    let (mut any, mut ten, mut ten_after_one, mut ten_after_two) = (0, 0, 0, 0);
    let mut missed = Vec::new();
    for (file, from, word) in &places {
        let text = &analysis.text(*file)[..*from as usize];
        let found = analysis.completions_in(*file, text, *from);
        let position = |typed: &str| found.iter().filter(|c| c.label.starts_with(typed)).position(|c| c.label == *word);
        any += usize::from(position("").is_some());
        ten += usize::from(position("").is_some_and(|at| at < 10));
        let prefix = |n: usize| word.get(..n).unwrap_or(word);
        ten_after_one += usize::from(position(prefix(1)).is_some_and(|at| at < 10));
        ten_after_two += usize::from(position(prefix(2)).is_some_and(|at| at < 10));
        if position("").is_none() {
            let line = text.rsplit('\n').next().unwrap_or("");
            missed.push(format!("{}: {line}|{word}", analysis.path(*file)));
        }
    }
    let percent = |n: usize| n as f64 * 100.0 / places.len() as f64;
    println!("completion at {} words: offered {:.1} %", places.len(), percent(any));
    println!(
        "in the first ten: {:.1} %, after one letter {:.1} %, after two {:.1} %",
        percent(ten),
        percent(ten_after_one),
        percent(ten_after_two)
    );
    for line in missed.iter().take(60) {
        println!("  missed {line}");
    }
    assert!(percent(any) > 85.0, "{} of {} words are offered", any, places.len());
}

/// Words that can be offered: names that refer to something, and words of the language; `count` of them, spread evenly.
fn sample(analysis: &Analysis, count: usize) -> Vec<(FileId, u32, String)> {
    let mut all = Vec::new();
    for file in analysis.session().files() {
        let Some(parsed) = analysis.parsed(file) else { continue };
        let text = analysis.text(file);
        let names: Vec<_> = analysis.items(file).into_iter().flat_map(|items| items.decls.clone()).collect();
        // Words that are declared there are their writer's own.
        let mut declared = rustc_hash::FxHashSet::default();
        for decl in &names {
            let Some((_, spans)) = analysis.spans_of(decl.id) else { continue };
            let words = &analysis.index(decl.id).words;
            let own = words.iter().filter(|w| w.usage == kss_sema::Usage::Declare);
            declared.extend(own.filter_map(|w| spans.get(w.node as usize)).map(|r| r.lo));
        }
        let mut lo = 0;
        for token in parsed.tokens.iter() {
            let word = text.get(lo as usize..(lo + token.len) as usize).unwrap_or("");
            if token.kind == TokenKind::Word && !declared.contains(&lo) {
                all.push((file, lo, word.to_owned()));
            }
            lo += token.len;
        }
    }
    let step = all.len() / count;
    all.into_iter().step_by(step.max(1)).take(count).collect()
}
