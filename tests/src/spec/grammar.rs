//! The grammar of the reference as data: read from its block, and turned into random sentences.

use proptest::prelude::Rng;
use proptest::strategy::{Strategy, ValueTree};
use proptest::string::string_regex;
use proptest::test_runner::TestRunner;
use std::collections::{BTreeMap, BTreeSet};

/// Rules by name.
#[derive(Debug)]
pub struct Grammar {
    rules: BTreeMap<String, Node>,
    heights: BTreeMap<String, usize>,
}

/// The right side of a rule.
#[derive(Clone, Debug)]
enum Node {
    /// A word or a sign as it is.
    Terminal(String),
    /// A regular expression.
    Pattern(String),
    Rule(String),
    Sequence(Vec<Node>),
    Choice(Vec<Node>),
    Optional(Box<Node>),
    Repeated(Box<Node>),
    /// A rule in which others may not be used, as long as no bracket is open.
    Without(Box<Node>, Vec<String>),
    /// What doesn't begin with one of these signs.
    Beginning(Box<Node>, Vec<String>),
}

impl Grammar {
    /// The grammar in the `grammar` block of a page.
    pub fn read(page: &str) -> Result<Grammar, String> {
        let text = super::read::text_of(page, "grammar")?;
        let mut rules = BTreeMap::new();
        for (name, body) in rule_texts(&text) {
            let mut parser = Parser { tokens: tokens(&body)?, at: 0 };
            let node = parser.choice().map_err(|e| format!("{name}: {e}"))?;
            if parser.at < parser.tokens.len() {
                return Err(format!("{name}: {:?} is left over", parser.tokens[parser.at]));
            }
            if rules.insert(name.clone(), node).is_some() {
                return Err(format!("{name} has two rules"));
            }
        }
        let mut grammar = Grammar { rules, heights: BTreeMap::new() };
        grammar.measure()?;
        Ok(grammar)
    }

    /// All words and signs in it.
    pub fn terminals(&self) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        self.rules.values().for_each(|node| collect(node, &mut found));
        found
    }

    /// The names of all rules, each with its number of alternatives.
    pub fn alternatives(&self) -> BTreeSet<(String, usize)> {
        let count = |node: &Node| match node {
            Node::Choice(all) => all.len(),
            _ => 1,
        };
        self.rules.iter().flat_map(|(name, node)| (0..count(node)).map(|at| (name.clone(), at))).collect()
    }

    /// Heights of the lowest trees, which end a derivation that went deep enough.
    fn measure(&mut self) -> Result<(), String> {
        loop {
            let found = |(name, node): (&String, &Node)| Some((name.clone(), height(node, &self.heights)? + 1));
            let next: BTreeMap<String, usize> = self.rules.iter().filter_map(found).collect();
            if next == self.heights {
                break;
            }
            self.heights = next;
        }
        match self.rules.keys().find(|name| !self.heights.contains_key(*name)) {
            Some(name) => Err(format!("{name} has no finite sentence, or names a rule that isn't there")),
            None => Ok(()),
        }
    }
}

fn collect<'a>(node: &'a Node, into: &mut BTreeSet<&'a str>) {
    match node {
        Node::Terminal(text) => drop(into.insert(text)),
        Node::Pattern(_) | Node::Rule(_) => {}
        Node::Sequence(all) | Node::Choice(all) => all.iter().for_each(|n| collect(n, into)),
        Node::Optional(inner) | Node::Repeated(inner) => collect(inner, into),
        Node::Without(inner, _) | Node::Beginning(inner, _) => collect(inner, into),
    }
}

fn height(node: &Node, heights: &BTreeMap<String, usize>) -> Option<usize> {
    match node {
        Node::Terminal(_) | Node::Pattern(_) | Node::Optional(_) | Node::Repeated(_) => Some(0),
        Node::Rule(name) if name == "NEWLINE" => Some(0),
        Node::Rule(name) => heights.get(name).copied(),
        Node::Sequence(all) => all.iter().map(|n| height(n, heights)).try_fold(0, |most, h| Some(most.max(h?))),
        Node::Choice(all) => all.iter().filter_map(|n| height(n, heights)).min(),
        Node::Without(inner, _) | Node::Beginning(inner, _) => height(inner, heights),
    }
}

/// A rule begins where a line does; further lines of it are indented.
fn rule_texts(text: &str) -> Vec<(String, String)> {
    let mut rules: Vec<(String, String)> = Vec::new();
    for line in text.lines().filter(|l| !l.trim().is_empty() && !l.starts_with("(*")) {
        match (line.split_once('='), rules.last_mut()) {
            (_, Some((_, body))) if line.starts_with(' ') => body.push_str(line),
            (Some((name, body)), _) => rules.push((name.trim().to_owned(), body.to_owned())),
            _ => rules.push((line.to_owned(), String::new())),
        }
    }
    rules
}

#[derive(Clone, PartialEq, Debug)]
enum Token {
    Terminal(String),
    Pattern(String),
    Word(String),
    Sign(char),
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let len = match first {
            '"' | '\'' | '/' => {
                let end = closing(rest, first).ok_or(format!("{first} isn't closed in {text}"))?;
                let inner = rest[1..end].to_owned();
                found.push(if first == '/' { Token::Pattern(inner) } else { Token::Terminal(inner) });
                end + 1
            }
            c if c.is_ascii_alphabetic() => {
                let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(rest.len());
                found.push(Token::Word(rest[..end].to_owned()));
                end
            }
            c => {
                found.push(Token::Sign(c));
                c.len_utf8()
            }
        };
        rest = rest[len..].trim_start();
    }
    Ok(found)
}

/// Where the quote at the start of `text` is closed; that of a pattern may be escaped or stand in a class.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().skip(1).find_map(|(at, c)| {
        if escaped {
            escaped = false;
            return None;
        }
        escaped = quote == '/' && c == '\\';
        let ends = |rest: &str| rest.is_empty() || rest.starts_with([' ', ',', ')', ']', '}', '\n']);
        (c == quote && ends(&text[at + 1..])).then_some(at)
    })
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
}

impl Parser {
    fn sign(&mut self, sign: char) -> bool {
        let found = self.tokens.get(self.at) == Some(&Token::Sign(sign));
        self.at += usize::from(found);
        found
    }

    fn word(&mut self, word: &str) -> bool {
        let found = self.tokens.get(self.at) == Some(&Token::Word(word.to_owned()));
        self.at += usize::from(found);
        found
    }

    fn list(&mut self, item: impl Fn(&Token) -> Option<String>) -> Vec<String> {
        let mut all = Vec::new();
        while let Some(one) = self.tokens.get(self.at).and_then(&item) {
            all.push(one);
            self.at += 1;
            if !self.sign(',') {
                break;
            }
        }
        all
    }

    fn choice(&mut self) -> Result<Node, String> {
        let mut all = vec![self.sequence()?];
        while self.sign('|') {
            all.push(self.sequence()?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Node::Choice(all) })
    }

    fn sequence(&mut self) -> Result<Node, String> {
        let mut all = Vec::new();
        while let Some(part) = self.part()? {
            all.push(part);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Node::Sequence(all) })
    }

    fn part(&mut self) -> Result<Option<Node>, String> {
        let Some(token) = self.tokens.get(self.at).cloned() else { return Ok(None) };
        self.at += 1;
        let closed = |parser: &mut Parser, close: char| match parser.sign(close) {
            true => Ok(()),
            false => Err(format!("{close} is missing")),
        };
        Ok(Some(match token {
            Token::Terminal(text) => Node::Terminal(text),
            Token::Pattern(text) => Node::Pattern(text),
            Token::Word(name) if self.word("without") => {
                let list = self.list(|token| match token {
                    Token::Word(name) => Some(name.clone()),
                    _ => None,
                });
                Node::Without(Box::new(Node::Rule(name)), list)
            }
            Token::Word(name) if self.word("beginning-without") => {
                let list = self.list(|token| match token {
                    Token::Terminal(sign) => Some(sign.clone()),
                    _ => None,
                });
                Node::Beginning(Box::new(Node::Rule(name)), list)
            }
            Token::Word(name) => Node::Rule(name),
            Token::Sign('(') => {
                let inner = self.choice()?;
                closed(self, ')')?;
                inner
            }
            Token::Sign('[') => {
                let inner = self.choice()?;
                closed(self, ']')?;
                Node::Optional(Box::new(inner))
            }
            Token::Sign('{') => {
                let inner = self.choice()?;
                closed(self, '}')?;
                Node::Repeated(Box::new(inner))
            }
            Token::Sign(_) => {
                self.at -= 1;
                return Ok(None);
            }
        }))
    }
}

/// How many texts of a pattern are made; they are dear.
const TEXTS: usize = 200;

/// Makes sentences of a grammar, always the same ones.
pub struct Sentences<'a> {
    grammar: &'a Grammar,
    runner: TestRunner,
    /// Which alternatives of which rules were used.
    pub used: BTreeSet<(String, usize)>,
    /// Words that are no names.
    reserved: BTreeSet<&'static str>,
    /// Some texts of each pattern.
    patterns: BTreeMap<String, Vec<String>>,
}

#[derive(Clone, Default)]
struct Place {
    depth: usize,
    /// Rules that can't be used.
    without: Vec<String>,
    /// Inside a token?
    glued: bool,
}

impl<'a> Sentences<'a> {
    /// `reserved` are no names, although they look like one.
    pub fn new(grammar: &'a Grammar, reserved: impl IntoIterator<Item = &'static str>) -> Sentences<'a> {
        let reserved = reserved.into_iter().collect();
        let (used, patterns) = (BTreeSet::new(), BTreeMap::new());
        Sentences { grammar, runner: TestRunner::deterministic(), used, reserved, patterns }
    }

    /// A sentence of `rule` whose tree is about `depth` high.
    pub fn sentence(&mut self, rule: &str, depth: usize) -> String {
        let mut out = String::new();
        self.rule(rule, &Place { depth, ..Place::default() }, &mut out);
        out
    }

    fn below(&mut self, count: usize) -> usize {
        self.runner.rng().next_u32() as usize % count.max(1)
    }

    fn rule(&mut self, name: &str, place: &Place, out: &mut String) {
        if name == "NEWLINE" {
            out.push('\n');
            return;
        }
        let Some(node) = self.grammar.rules.get(name) else { return };
        let token = name.chars().next().is_some_and(char::is_uppercase);
        if !place.glued && !out.is_empty() && !out.ends_with('\n') && token {
            out.push(' ');
        }
        let place = Place { depth: place.depth.saturating_sub(1), glued: token, without: place.without.clone() };
        if name == "NAME" {
            return self.name(node, out);
        }
        match node {
            Node::Choice(all) => {
                let at = self.pick(all, &place);
                self.used.insert((name.to_owned(), at));
                self.node(&all[at], &place, out);
            }
            node => {
                self.used.insert((name.to_owned(), 0));
                self.node(node, &place, out);
            }
        }
    }

    fn name(&mut self, node: &Node, out: &mut String) {
        self.used.insert(("NAME".to_owned(), 0));
        let Node::Pattern(pattern) = node else { return };
        let name = loop {
            let name = self.pattern(pattern);
            let capital = name.starts_with(|c: char| c.is_ascii_uppercase());
            if name.len() < 24 && name != "_" && !capital && !self.reserved.contains(name.as_str()) {
                break name;
            }
        };
        out.push_str(&name);
    }

    fn pattern(&mut self, pattern: &str) -> String {
        if !self.patterns.contains_key(pattern) {
            let strategy = string_regex(pattern).expect("the pattern is well formed");
            let mut some = || strategy.new_tree(&mut self.runner).expect("it has a value").current();
            let texts = (0..TEXTS).map(|_| some()).collect();
            self.patterns.insert(pattern.to_owned(), texts);
        }
        let at = self.below(TEXTS);
        self.patterns[pattern][at].clone()
    }

    /// One of the alternatives that may be used here; one of the lowest where it went deep.
    fn pick(&mut self, all: &[Node], place: &Place) -> usize {
        let able: Vec<usize> = (0..all.len()).filter(|at| possible(&all[*at], place)).collect();
        let of = |at: &usize| height(&all[*at], &self.grammar.heights).unwrap_or(usize::MAX);
        let low = able.iter().map(of).min().unwrap_or(0);
        let few: Vec<usize> = if place.depth > 0 {
            able.iter().copied().filter(|at| of(at) <= low.max(place.depth)).collect()
        } else {
            able.iter().copied().filter(|at| of(at) == low).collect()
        };
        let at = self.below(few.len());
        few.get(at).copied().unwrap_or(0)
    }

    fn node(&mut self, node: &Node, place: &Place, out: &mut String) {
        match node {
            Node::Terminal(text) => {
                if !place.glued && !out.is_empty() && !out.ends_with('\n') {
                    out.push(' ');
                }
                out.push_str(text);
            }
            Node::Pattern(pattern) => {
                let text = self.pattern(pattern);
                out.push_str(&text);
            }
            Node::Rule(name) => self.rule(name, place, out),
            Node::Choice(all) => {
                let at = self.pick(all, place);
                self.node(&all[at], place, out);
            }
            Node::Sequence(all) => self.sequence(all, place, out),
            Node::Optional(inner) => {
                if possible(inner, place) && self.wants(place) {
                    self.node(inner, place, out);
                }
            }
            Node::Repeated(inner) => {
                while possible(inner, place) && self.wants(place) {
                    self.node(inner, place, out);
                }
            }
            Node::Without(inner, rules) => {
                let mut place = place.clone();
                place.without.extend(rules.iter().cloned());
                self.node(inner, &place, out);
            }
            Node::Beginning(inner, signs) => {
                let text = loop {
                    let mut text = " ".to_owned();
                    self.node(inner, place, &mut text);
                    if !signs.iter().any(|sign| text.trim_start().starts_with(sign.as_str())) {
                        break text;
                    }
                };
                out.push_str(&text);
            }
        }
    }

    fn wants(&mut self, place: &Place) -> bool {
        place.depth > 0 && self.below(5) < 2
    }

    /// Between brackets everything may be used.
    fn sequence(&mut self, all: &[Node], place: &Place, out: &mut String) {
        let open = |n: &Node| matches!(n, Node::Terminal(t) if matches!(t.as_str(), "(" | "[" | "{" | "${"));
        let close = |n: &Node| matches!(n, Node::Terminal(t) if matches!(t.as_str(), ")" | "]" | "}"));
        let free = Place { without: Vec::new(), ..place.clone() };
        let mut inside = false;
        for part in all {
            inside = inside && !close(part) || open(part);
            self.node(part, if inside { &free } else { place }, out);
        }
    }
}

fn possible(node: &Node, place: &Place) -> bool {
    match node {
        Node::Rule(name) => !place.without.contains(name),
        Node::Sequence(all) => all.iter().all(|n| possible(n, place)),
        Node::Choice(all) => all.iter().any(|n| possible(n, place)),
        Node::Terminal(_) | Node::Pattern(_) | Node::Optional(_) | Node::Repeated(_) => true,
        Node::Without(inner, _) | Node::Beginning(inner, _) => possible(inner, place),
    }
}
