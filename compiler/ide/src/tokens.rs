//! What every word is, for colours.

use crate::Analysis;
use kss_ir::Ty;
use kss_sema::{DeclKind, Target, Usage, Word};
use kss_span::{FileId, TextRange};
use kss_syntax::{KEYWORDS, TokenKind, WordClass};
use rustc_hash::{FxHashMap, FxHashSet};

/// What a token is. The order is that of the legend.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)]
pub enum TokenType {
    Comment,
    Keyword,
    String,
    Number,
    Operator,
    Type,
    Module,
    Capability,
    Kind,
    Function,
    Method,
    Parameter,
    Variable,
    Property,
    Case,
    Entry,
    Scope,
}

/// Names of the types as the protocol has them.
pub const TOKEN_TYPES: [&str; 17] = [
    "comment",
    "keyword",
    "string",
    "number",
    "operator",
    "type",
    "namespace",
    "interface",
    "class",
    "function",
    "method",
    "parameter",
    "variable",
    "property",
    "enumMember",
    "struct",
    "macro",
];

/// Names of the modifiers; bit `n` of [`SemanticToken::modifiers`] is the `n`th.
pub const TOKEN_MODIFIERS: [&str; 9] = [
    "declaration",
    "documentation",
    "defaultLibrary",
    "modification",
    "default",
    "override",
    "force",
    "secret",
    "private",
];

const DECLARATION: u32 = 1;
const DOCUMENTATION: u32 = 1 << 1;
const LIBRARY: u32 = 1 << 2;
const MODIFICATION: u32 = 1 << 3;
const DEFAULT: u32 = 1 << 4;
const OVERRIDE: u32 = 1 << 5;
const FORCE: u32 = 1 << 6;
const SECRET: u32 = 1 << 7;
const PRIVATE: u32 = 1 << 8;

/// A token with what it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SemanticToken {
    /// Where. May cover several lines (texts).
    pub range: TextRange,
    /// What.
    pub ty: TokenType,
    /// Bits by [`TOKEN_MODIFIERS`].
    pub modifiers: u32,
}

impl Analysis {
    /// The tokens of a file, or of a part of it, in the order of the text.
    pub fn semantic_tokens(&self, file: FileId, within: Option<TextRange>) -> Vec<SemanticToken> {
        let Some(parsed) = self.parsed(file) else { return Vec::new() };
        let words = self.words_of(file, within);
        let text = self.text(file);
        let mut out = Vec::new();
        let mut at = 0;
        for token in parsed.tokens.iter() {
            let range = TextRange::new(at, at + token.len);
            at += token.len;
            if within.is_some_and(|w| range.hi < w.lo || w.hi < range.lo) {
                continue;
            }
            let word = text.get(range.range()).unwrap_or("");
            if let Some((ty, modifiers)) = words.token(token.kind, range, word) {
                out.push(SemanticToken { range, ty, modifiers });
            }
        }
        out
    }

    fn words_of(&self, file: FileId, within: Option<TextRange>) -> Words {
        let mut words = Words::default();
        let (Some(items), Some(parsed)) = (self.items(file), self.parsed(file)) else { return words };
        for (decl, spans) in items.decls.iter().zip(&parsed.spans) {
            words.nodes.extend(spans.iter().copied());
            let whole = spans.get(decl.stmt.id.0 as usize).copied().unwrap_or_default();
            if within.is_some_and(|w| whole.hi < w.lo || w.hi < whole.lo) {
                continue;
            }
            let index = self.index(decl.id);
            let types: FxHashMap<u32, &Ty> = index.types.iter().map(|(node, ty)| (*node, ty)).collect();
            for word in &index.words {
                let range = spans.get(word.node as usize).copied().unwrap_or_default();
                let (ty, mut modifiers) = self.class_of(word);
                if types.get(&word.node).is_some_and(|ty| is_secret(ty)) {
                    modifiers |= SECRET;
                }
                let first = words.known.entry(range).or_insert((ty, modifiers));
                first.1 |= modifiers & SECRET;
            }
        }
        words
    }

    fn class_of(&self, word: &Word) -> (TokenType, u32) {
        let usage = match word.usage {
            Usage::Declare => DECLARATION,
            Usage::Write => MODIFICATION,
            Usage::Read => 0,
        };
        match &word.target {
            Target::Case(..) => (TokenType::Case, usage),
            Target::Entry(_) => (TokenType::Entry, usage),
            Target::Scope(_) => (TokenType::Scope, usage),
            Target::Method(..) => (TokenType::Method, LIBRARY),
            Target::Builtin(_) => (TokenType::Type, LIBRARY),
            Target::Implicit(_) => (TokenType::Property, LIBRARY),
            Target::File(_) => (TokenType::Module, 0),
            Target::At(origin) => {
                let of_library = if origin.item.key().file.starts_with("std/") { LIBRARY } else { 0 };
                let Some(declared) = self.declaration(*origin) else { return (TokenType::Variable, usage) };
                let ty = match declared.kind {
                    DeclKind::Site | DeclKind::Cluster | DeclKind::Overlay => TokenType::Scope,
                    DeclKind::Module => TokenType::Module,
                    DeclKind::Type => TokenType::Type,
                    DeclKind::Function => TokenType::Function,
                    DeclKind::Capability => TokenType::Capability,
                    DeclKind::Intent | DeclKind::Output => TokenType::Kind,
                    DeclKind::Let => TokenType::Variable,
                    DeclKind::Option => TokenType::Parameter,
                    DeclKind::Field => TokenType::Property,
                    DeclKind::Case => TokenType::Case,
                    DeclKind::Entry => TokenType::Entry,
                    DeclKind::Test => TokenType::String,
                };
                let private = if self.is_private(*origin, &declared) { PRIVATE } else { 0 };
                (ty, usage | of_library | private)
            }
        }
    }

    fn is_private(&self, origin: kss_span::Origin, declared: &kss_sema::Declaration) -> bool {
        let sigs = self.signatures();
        match declared.kind {
            DeclKind::Option => {
                let module = origin.item.key().name;
                let module = module.strip_prefix("module ").and_then(|n| sigs.modules.get(&kss_span::Symbol::new(n)));
                module.and_then(|m| m.options.get(&declared.name)).is_some_and(|o| o.private)
            }
            DeclKind::Field => {
                let whole = kss_span::Origin::new(origin.item, declared.whole);
                let fields = sigs.records.values().filter(|r| r.id.item == origin.item).flat_map(|r| &r.fields);
                fields.into_iter().any(|f| f.private && f.origin == whole)
            }
            _ => false,
        }
    }
}

fn is_secret(ty: &Ty) -> bool {
    match ty {
        Ty::Secret => true,
        Ty::Optional(t) | Ty::List(t) | Ty::Set(t) => is_secret(t),
        _ => false,
    }
}

/// Words of a file that mean something.
#[derive(Default)]
struct Words {
    known: FxHashMap<TextRange, (TokenType, u32)>,
    /// Places of all nodes: a contextual word that is one is a name.
    nodes: FxHashSet<TextRange>,
}

impl Words {
    fn token(&self, kind: TokenKind, range: TextRange, word: &str) -> Option<(TokenType, u32)> {
        let known = self.known.get(&range).copied();
        Some(match kind {
            TokenKind::Comment => (TokenType::Comment, 0),
            TokenKind::Doc => (TokenType::Comment, DOCUMENTATION),
            TokenKind::RawText | TokenKind::TextOpen | TokenKind::TextPart | TokenKind::TextClose => {
                (TokenType::String, 0)
            }
            TokenKind::HoleOpen | TokenKind::HoleClose | TokenKind::Operator => (TokenType::Operator, 0),
            TokenKind::Literal(_) => (TokenType::Number, 0),
            TokenKind::RangeName => known.unwrap_or((TokenType::Entry, 0)),
            TokenKind::Word => self.word(range, word, known),
            TokenKind::Space
            | TokenKind::Newline
            | TokenKind::Open
            | TokenKind::Close
            | TokenKind::Comma
            | TokenKind::Colon
            | TokenKind::Eq
            | TokenKind::Punctuation
            | TokenKind::Unknown => return None,
        })
    }

    fn word(&self, range: TextRange, word: &str, known: Option<(TokenType, u32)>) -> (TokenType, u32) {
        if let Some(known) = known {
            return known;
        }
        let keyword = KEYWORDS.iter().find(|(text, _)| *text == word).map(|(_, class)| *class);
        let is_node = self.nodes.contains(&range);
        match keyword {
            Some(class) if !is_node || class == WordClass::Constant => {
                let layer = match word {
                    "default" => DEFAULT,
                    "override" => OVERRIDE,
                    "force" => FORCE,
                    "private" => PRIVATE,
                    _ => 0,
                };
                (TokenType::Keyword, layer)
            }
            _ => (TokenType::Property, 0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Fixture;

    fn tokens(text: &str) -> Vec<(String, TokenType, u32)> {
        let fixture = Fixture::new(text);
        let analysis = fixture.analysis();
        let file = FileId(0);
        let tokens = analysis.semantic_tokens(file, None);
        tokens.into_iter().map(|t| (analysis.text(file)[t.range.range()].to_owned(), t.ty, t.modifiers)).collect()
    }

    fn one(text: &str, word: &str) -> (TokenType, u32) {
        let found = tokens(text).into_iter().find(|(t, ..)| t == word).expect("the word is there");
        (found.1, found.2)
    }

    #[test]
    fn the_legend_has_a_name_for_each() {
        assert_eq!(TOKEN_TYPES[TokenType::Scope as usize], "macro");
        assert_eq!(TOKEN_TYPES[TokenType::Entry as usize], "struct");
        assert_eq!(TOKEN_MODIFIERS[PRIVATE.trailing_zeros() as usize], "private");
    }

    #[test]
    fn words_are_what_they_refer_to() {
        let text = "module web {\n  private option n : Int = 1\n  let x = n\n}\n";
        assert_eq!(one(text, "module"), (TokenType::Keyword, 0));
        assert_eq!(one(text, "web"), (TokenType::Module, DECLARATION));
        assert_eq!(one(text, "private"), (TokenType::Keyword, PRIVATE));
        assert_eq!(one(text, "n"), (TokenType::Parameter, DECLARATION | PRIVATE));
        assert_eq!(one(text, "Int"), (TokenType::Type, LIBRARY));
        assert_eq!(one(text, "x"), (TokenType::Variable, DECLARATION));
    }

    #[test]
    fn a_contextual_word_may_be_a_name() {
        let text = "type T { module : Int }\nlet t : T = { module = 1 }\n";
        let all = tokens(text);
        let modules: Vec<_> = all.iter().filter(|(t, ..)| t == "module").map(|(_, ty, _)| *ty).collect();
        assert_eq!(modules, [TokenType::Property, TokenType::Property]);
    }

    #[test]
    fn layers_and_secrets_show() {
        let text = "site s {}\ncluster c in s { tune x { override replicas = 2 } }\nmodule m { credential key { }\n  let k = credential.key }\n";
        assert_eq!(one(text, "override"), (TokenType::Keyword, OVERRIDE));
        assert_eq!(one(text, "k").1 & SECRET, SECRET);
    }
}
