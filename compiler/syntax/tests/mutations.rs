//! Texts that are nearly right: a tree with most of what was in it before, and few words about what is wrong.
#![allow(clippy::print_stderr)]

mod common;

use common::{corpus, dump, mended};
use kss_span::FileId;
use kss_syntax::{Token, TokenKind, lex, parse};
use std::collections::HashMap;

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

/// What is changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    TokenDeleted,
    TokenInserted,
    LineEndDeleted,
    Truncated,
    CharacterDeleted,
    LineDeleted,
    LinesSwapped,
    LineDoubled,
    /// Two of the others but for `Truncated`.
    Twice,
    /// A text of another language in the middle.
    Pasted,
}

use Kind::*;

/// With the share of statements that has to be kept, and how many messages there may be on average.
const KINDS: [(Kind, f64, f64); 10] = [
    (TokenDeleted, 0.99, 1.5),
    (TokenInserted, 0.99, 1.5),
    (LineEndDeleted, 0.99, 1.5),
    (Truncated, 0.99, 1.5),
    (CharacterDeleted, 0.99, 1.5),
    (LineDeleted, 0.99, 1.0),
    (LinesSwapped, 0.99, 1.5),
    (LineDoubled, 0.99, 1.0),
    (Twice, 0.98, 3.0),
    (Pasted, 0.99, 4.0),
];

/// What people copy from elsewhere.
const FOREIGN: &[&str] = &[
    "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  labels:\n    app: web\nspec:\n  ports:\n    - port: 80\n      targetPort: http\n  selector:\n    app: web\n",
    "- name: web\n  image: nginx:1.27\n  args: [\"-g\", \"daemon off;\"]\n  env:\n    - name: A\n      value: \"1\"\n",
    "{\n  \"name\": \"web\",\n  \"ports\": [80, 443],\n  \"labels\": { \"app\": \"web\", \"on\": true },\n  \"limit\": null\n}\n",
    "resource \"aws_instance\" \"web\" {\n  ami           = \"ami-1\"\n  count         = var.on ? 1 : 0\n  tags = {\n    Name = \"web-${count.index}\"\n  }\n}\n",
    "{ config, pkgs, lib, ... }:\n{\n  services.nginx = {\n    enable = true;\n    package = pkgs.nginx;\n    virtualHosts.\"a.example.com\".root = ./www;\n  };\n  environment.systemPackages = with pkgs; [ vim git ];\n}\n",
    "def serve(host, port=80):\n    if host is None:\n        return 1\n    for x in range(10):\n        print(f\"{x}\")\n    return 0\n",
    "interface Web {\n  name: string;\n  ports?: number[];\n}\nconst web: Web = { name: 'web', ports: [80] };\n",
    "[server]\nhost = \"a\"\nport = 80\n\n[server.tls]\non = true\n",
];

fn starts(tokens: &[Token]) -> Vec<usize> {
    let start = |at: &mut usize, t: &Token| {
        *at += t.len as usize;
        Some(*at - t.len as usize)
    };
    tokens.iter().scan(0, start).collect()
}

/// A change as a person at a keyboard makes it.
fn mutate(text: &str, tokens: &[Token], kind: Kind, random: &mut Random) -> String {
    let starts = starts(tokens);
    let pick = random.below(tokens.len());
    let (lo, hi) = (starts[pick], starts[pick] + tokens[pick].len as usize);
    let chars: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    let line = random.below(lines.len() - 1);
    match kind {
        TokenDeleted => format!("{}{}", &text[..lo], &text[hi..]),
        TokenInserted => {
            let other = random.below(tokens.len());
            let piece = &text[starts[other]..starts[other] + tokens[other].len as usize];
            format!("{} {piece} {}", &text[..lo], &text[lo..])
        }
        LineEndDeleted => {
            let ends: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
            let at = ends[random.below(ends.len())];
            format!("{}{}", &text[..at], &text[at + 1..])
        }
        Truncated => text[..chars[random.below(chars.len())]].to_owned(),
        CharacterDeleted => {
            let at = chars[random.below(chars.len())];
            let len = text[at..].chars().next().map_or(0, char::len_utf8);
            format!("{}{}", &text[..at], &text[at + len..])
        }
        LineDeleted => {
            lines.remove(line);
            lines.concat()
        }
        LinesSwapped => {
            lines.swap(line, line + 1);
            lines.concat()
        }
        LineDoubled => {
            lines.insert(line, lines[line]);
            lines.concat()
        }
        Twice => {
            let mut one = || {
                let (kind, ..) = KINDS[random.below(8)];
                if kind == Truncated { TokenDeleted } else { kind }
            };
            let (first, second) = (one(), one());
            let once = mutate(text, tokens, first, random);
            mutate(&once, &lex(&once), second, random)
        }
        Pasted => {
            lines.insert(line, FOREIGN[random.below(FOREIGN.len())]);
            lines.concat()
        }
    }
}

fn counted(statements: Vec<String>) -> HashMap<String, usize> {
    let mut counts = HashMap::new();
    for statement in statements {
        *counts.entry(statement).or_default() += 1;
    }
    counts
}

fn number(name: &str) -> Option<usize> {
    std::env::var(name).ok().and_then(|n| n.parse().ok())
}

#[derive(Clone, Copy, Default)]
struct Sum {
    kept: usize,
    wanted: usize,
    rounds: usize,
    messages: usize,
    most: usize,
}

/// 20,000 changes of real files: no panic, and of all statements that the change didn't touch nearly all are left. `SEED` and
/// `MUTATIONS` make others; `WORST` names a directory for the worst texts, `BY_ERRORS` means those with the most messages, and
/// `ONLY` one kind.
#[test]
fn one_mistake_costs_one_statement() {
    let files = corpus::real_files();
    let mut random = Random(number("SEED").unwrap_or(0x5eed) as u64);
    let mut sums = [Sum::default(); KINDS.len()];
    let mut worst = Vec::new();
    let known: Vec<_> =
        files.iter().map(|(_, text)| (lex(text), counted(dump::statements(&parse(FileId(0), text).file)))).collect();
    let only = number("ONLY");
    for round in 0..number("MUTATIONS").unwrap_or(20_000) {
        let which = only.unwrap_or(round % KINDS.len());
        let kind = KINDS[which].0;
        let pick = random.below(files.len());
        let (text, (tokens, before)) = (&files[pick].1, &known[pick]);
        let changed = mutate(text, tokens, kind, &mut random);
        let parsed = parse(FileId(0), &changed);
        assert_eq!(parsed.tokens.iter().map(|t| t.len as usize).sum::<usize>(), changed.len());
        parsed.errors.iter().flat_map(|e| &e.fixes).for_each(|fix| drop(mended(&changed, fix)));
        let after = counted(dump::statements(&parsed.file));
        // What is behind the end of a truncated file is gone.
        let reference;
        let before = if kind == Truncated {
            let whole = changed.rfind('\n').map_or(0, |at| at + 1);
            reference = counted(dump::statements(&parse(FileId(0), &close(&changed[..whole])).file));
            &reference
        } else {
            before
        };
        // A line that was deleted is no loss.
        let gone = match kind {
            LineDeleted => 1,
            Twice => 2,
            _ => 0,
        };
        let all = before.values().sum::<usize>().saturating_sub(gone);
        let left: usize = before.iter().map(|(s, n)| after.get(s).copied().unwrap_or(0).min(*n)).sum();
        let left = left.min(all);
        let sum = &mut sums[which];
        sum.kept += left;
        sum.wanted += all;
        sum.rounds += 1;
        sum.messages += parsed.errors.len();
        sum.most = sum.most.max(parsed.errors.len());
        worst.push((
            if std::env::var_os("BY_ERRORS").is_some() { parsed.errors.len() } else { all - left },
            kind,
            changed,
        ));
    }
    worst.sort_by_key(|w| std::cmp::Reverse(w.0));
    if let Some(dir) = std::env::var_os("WORST") {
        for (i, (lost, kind, text)) in worst.iter().take(20).enumerate() {
            std::fs::write(std::path::Path::new(&dir).join(format!("{i}-{lost}-{kind:?}.kss")), text).unwrap();
        }
    }
    let mut bad = false;
    for ((kind, least, many), sum) in KINDS.iter().zip(sums).filter(|(_, sum)| sum.rounds > 0) {
        let share = sum.kept as f64 / sum.wanted.max(1) as f64;
        let each = sum.messages as f64 / sum.rounds as f64;
        eprintln!("{kind:?}: {:.2} % kept, {each:.2} messages each, at most {}", share * 100.0, sum.most);
        bad |= share < *least || each >= *many;
    }
    assert!(!bad, "too many statements are lost, or too much is said of one mistake");
}

/// The text with the brackets closed that are open at its end.
fn close(text: &str) -> String {
    let mut open = Vec::new();
    let mut at = 0;
    for token in lex(text) {
        match (token.kind, &text[at..at + token.len as usize]) {
            (TokenKind::Open, "{") => open.push("}"),
            (TokenKind::Open, "(") => open.push(")"),
            (TokenKind::Open, _) => open.push("]"),
            (TokenKind::TextOpen, "\"") => open.push("\""),
            (TokenKind::TextOpen, _) => open.push("\"\"\""),
            (TokenKind::HoleOpen, _) => open.push("}"),
            (TokenKind::Close | TokenKind::TextClose | TokenKind::HoleClose, _) => drop(open.pop()),
            _ => {}
        }
        at += token.len as usize;
    }
    open.reverse();
    format!("{text}{}", open.concat())
}
