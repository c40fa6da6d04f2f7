//! What the formatter promises: the same tree, the same tokens but for commas, the same text when it is done twice.

use kss_span::FileId;
use kss_syntax::{TokenKind, lex, parse};
use proptest::prelude::*;
use std::path::{Path, PathBuf};

/// Tokens that mean something; commas at line ends come and go.
fn tokens(text: &str) -> Vec<String> {
    let mut at = 0;
    let mut out = Vec::new();
    for token in lex(text) {
        let body = &text[at..at + token.len as usize];
        at += token.len as usize;
        match token.kind {
            TokenKind::Space | TokenKind::Newline | TokenKind::Comma => {}
            TokenKind::Comment | TokenKind::Doc => out.push(body.trim_end().to_owned()),
            _ => out.push(body.replace("\r\n", "\n")),
        }
    }
    out
}

/// Formats, and proves the promises.
fn check(name: &str, text: &str) -> Option<String> {
    let before = parse(FileId(0), text);
    let Ok(once) = kss_fmt::format(text) else {
        assert!(!before.is_right(), "{name}");
        return None;
    };
    assert!(before.is_right(), "{name}");
    let after = parse(FileId(0), &once);
    assert_eq!(after.errors.len(), before.errors.len(), "{name}\n{once}");
    assert!(after.is_right(), "{name}\n{once}");
    assert!(before.file == after.file, "{name}: another tree\n{text}\n──\n{once}");
    assert_eq!(tokens(text), tokens(&once), "{name}");
    let twice = kss_fmt::format(&once).unwrap();
    if once != twice {
        let line = once.lines().zip(twice.lines()).find(|(a, b)| a != b);
        panic!("{name}: not the same twice: {line:?}\n{text}");
    }
    for line in once.lines() {
        assert!(!line.ends_with(' ') || once.contains("\"\"\"") || once.contains("'''"), "{name}: {line:?}");
    }
    assert!(once.is_empty() || once.ends_with('\n') && !once.ends_with("\n\n"), "{name}");
    Some(once)
}

fn collect(dir: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(dir) else { return };
    for path in entries.map(|e| e.unwrap().path()) {
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|e| e == "kss") {
            found.push(path);
        }
    }
}

/// Every `.kss` file of the repository, and those in the directory `CORPUS`.
fn files() -> Vec<(String, String)> {
    let corpus = std::env::var("CORPUS").ok();
    let dirs = ["tests/style", "../syntax/tests", "../../stdlib", "../../clusters"].into_iter();
    files_in(dirs.chain(corpus.as_deref()))
}

/// Every `.kss` file below some directories, which are named from here.
fn files_in<'a>(dirs: impl Iterator<Item = &'a str>) -> Vec<(String, String)> {
    let mut found = Vec::new();
    dirs.for_each(|dir| collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join(dir), &mut found));
    found.sort();
    let read = |p: PathBuf| (p.display().to_string(), std::fs::read_to_string(&p).unwrap());
    found.into_iter().map(read).collect()
}

/// `tests/style/*.kss` against the `.out` beside each. `UPDATE=1` writes them: read them before you commit them.
#[test]
fn style() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/style");
    let mut inputs = Vec::new();
    collect(&dir, &mut inputs);
    assert!(!inputs.is_empty());
    for path in inputs {
        let text = std::fs::read_to_string(&path).unwrap();
        let found = check(&path.display().to_string(), &text).unwrap();
        let file = path.with_extension("out");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&file, &found).unwrap();
        }
        let wanted = std::fs::read_to_string(&file).unwrap();
        for (n, (a, b)) in wanted.lines().zip(found.lines()).enumerate() {
            assert_eq!(a, b, "{}:{}", file.display(), n + 1);
        }
        assert_eq!(wanted, found);
    }
}

#[test]
fn files_of_the_repository() {
    let formatted = files().iter().filter_map(|(name, text)| check(name, text)).count();
    assert!(formatted > 5);
}

/// As `kssc fmt --check` says it: whoever changes the formatter formats these, too.
#[test]
fn the_library_and_the_clusters_are_formatted() {
    let files = files_in(["../../stdlib", "../../clusters"].into_iter());
    assert!(files.len() > 5);
    let other: Vec<&String> = files
        .iter()
        .filter(|(_, text)| kss_fmt::format(text).ok().as_ref() != Some(text))
        .map(|(name, _)| name)
        .collect();
    assert!(other.is_empty(), "`kssc fmt stdlib clusters` changes {other:?}");
}

#[test]
fn mistakes_are_not_touched() {
    let errors = kss_fmt::format("a = \nb = 1\n").unwrap_err();
    assert_eq!(errors[0].code.id, "K0101");
}

#[test]
fn small_texts() {
    for (text, wanted) in [
        ("{ a = 1 },\n{ a = 1 },\n", "{ a = 1 }\n{ a = 1 }\n"),
        ("", ""),
        ("\n\n", ""),
        ("# a  \n\n\n\n# b", "# a\n\n# b\n"),
        ("a=1", "a = 1\n"),
        ("\u{feff}a=1\r\nb=\"x\"\r\n", "a = 1\nb = \"x\"\n"),
        ("a={}", "a = {}\n"),
        ("a={\n\n  b=1\n\n\n  c=2\n\n}", "a = {\n  b = 1\n\n  c = 2\n}\n"),
        ("a = f( -x )", "a = f(-x)\n"),
        ("a = x - -y", "a = x - -y\n"),
        ("a = {\n  b = false,\n  c = none,\n  d = 1,\n}", "a = {\n  b = false\n  c = none\n  d = 1\n}\n"),
    ] {
        assert_eq!(check(text, text).as_deref(), Some(wanted));
    }
}

/// A generator of numbers that is the same everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end.max(1) as u64) as usize
    }
}

/// The text with its space and some of its commas done differently.
fn untidy(text: &str, random: &mut Random) -> String {
    let mut out = String::new();
    let mut at = 0;
    for token in lex(text) {
        let body = &text[at..at + token.len as usize];
        at += token.len as usize;
        match token.kind {
            TokenKind::Space => out.push_str(&" ".repeat(1 + random.below(3) * random.below(4))),
            TokenKind::Newline => {
                out.push_str(body);
                if random.below(6) == 0 {
                    out.push_str("\n\n  ");
                }
                out.push_str(&" ".repeat(random.below(3)));
            }
            TokenKind::Comma if random.below(3) == 0 => out.push_str(" ,\n  "),
            _ => out.push_str(body),
        }
    }
    out
}

#[test]
fn untidy_files() {
    let number = |name: &str| std::env::var(name).ok().and_then(|n| n.parse::<usize>().ok());
    let mut random = Random(number("SEED").unwrap_or(0x5eed) as u64);
    let mut formatted = 0;
    let files = files();
    for round in 0..number("ROUNDS").unwrap_or((3 * files.len()).max(300)) {
        let (name, text) = &files[round % files.len()];
        if text.len() > 20_000 || parse(FileId(0), text).is_right() {
            formatted += usize::from(check(name, &untidy(text, &mut random)).is_some());
        }
    }
    assert!(formatted > 100, "{formatted}");
}

/// Comments at places where nobody expects them, as long as the text stays right.
#[test]
fn comments_anywhere() {
    let number = |name: &str| std::env::var(name).ok().and_then(|n| n.parse::<usize>().ok());
    let mut random = Random(number("SEED").unwrap_or(0x5eed) as u64);
    let files = files();
    let mut formatted = 0;
    for round in 0..number("ROUNDS").unwrap_or(2_000) {
        let (name, text) = &files[round % files.len()];
        if text.len() > 20_000 || !parse(FileId(0), text).is_right() {
            continue;
        }
        let tokens = lex(text);
        let picks: Vec<usize> = (0..1 + random.below(3)).map(|_| random.below(tokens.len())).collect();
        let (mut out, mut at) = (String::new(), 0);
        for (i, token) in tokens.iter().enumerate() {
            out.push_str(&text[at..at + token.len as usize]);
            at += token.len as usize;
            if picks.contains(&i) {
                out.push_str(["  # why\n", "\n# why\n    ", " # why\n\n # more\n"][random.below(3)]);
            }
        }
        formatted += usize::from(check(name, &out).is_some());
    }
    assert!(formatted > 100, "{formatted}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// Random statements, most of which are right.
    #[test]
    fn random_statements(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..25)) {
        check("random", &pieces.concat());
    }
}

const PIECES: &[&str] = &[
    "a = 1\n",
    "long-name = [1, 2]\n",
    "b { c = 1, d = 2 }\n",
    "node x { a = 1 }\n",
    "node longer { a = 1 }   # c\n",
    "# comment\n",
    "\n",
    "\n\n",
    "x = [\n",
    "]\n",
    "{ a = 1 },\n",
    "1,\n",
    "y {\n",
    "}\n",
    "if a { b = 1 }\n",
    "match x {\n",
    "p => 1\n",
    "long | q => 2\n",
    "let z =\n    1\n",
    "t : Int = 4\n",
    "tt   : Text   = \"x\"\n",
    "check a\n  else \"x\"\n",
    "e = \"\"\"\n  x\n  \"\"\"\n",
    "f(\n",
    ")\n",
    "g = h(1, {\n",
    "})\n",
    "type U = a\n   | b\n",
    "s = {a, b}\n",
    "w = 1 # c\n",
    "wide = 1            # far\n",
    "u = if a then b\n      else c\n",
    "q = [\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaa\", \"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\", \"cccccccccccccccccccccccccccccccccc\", \"ddd\"]\n",
    "v { a = \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\", b { c = \"cccccccccccccccccccccccccccccccccccccc\", d = [1, 2, 3, 4] } }\n",
];

#[test]
fn deep_nesting() {
    for (open, close) in [("a { ", " }"), ("[", "]"), ("f(", ")"), ("{ a = ", " }"), ("b = 1\na {\n", "\n}")] {
        let text = format!("{}b = 1{}", open.repeat(180), close.repeat(180));
        let text = if open.ends_with(['[', '(']) { text.replace("b = 1", "1") } else { text };
        let text = if open.starts_with(['a', 'b']) { text } else { format!("x = {}", text.replace("b = 1", "1")) };
        assert!(check(open, &text).is_some(), "{open}");
    }
}

/// Time grows with the text, not with its square.
#[test]
fn time_is_linear() {
    for shape in ["a = 1   # c\n", "# c\n", "a { b = [1, 2] }\n", "x = [\n  1\n]\n", "[1, {a}],", "type T = a\n  | b\n"]
    {
        let time = |count: usize| {
            let text = shape.repeat(count);
            let text = if shape.ends_with(',') { format!("a = [{text}]") } else { text };
            let start = std::time::Instant::now();
            assert!(kss_fmt::format(&text).is_ok());
            start.elapsed().as_secs_f64()
        };
        let (small, large) = (time(1_000), time(10_000));
        assert!(large < 60.0 * small.max(0.002), "{shape:?}: {small} s, ten times as much: {large} s");
    }
}
