//! Tokens: what the lexer cuts a text into, and the table of contextual words.

use crate::ast::LiteralClass;
use logos::Logos;

/// A token. Its place follows from the lengths of those before it, so an edit changes one token and no other.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Length in bytes; never 0.
    pub len: u32,
}

/// Kinds of tokens, space and comments included: all tokens of a text, put together, are the text.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TokenKind {
    /// Spaces and tabs.
    Space,
    /// One end of a line.
    Newline,
    /// `# …`
    Comment,
    /// `## …`
    Doc,
    /// A name or a contextual word; which of them is the parser's business.
    Word,
    /// `worker-{1..3}`
    RangeName,
    /// A number, an address, a size, …
    Literal(LiteralClass),
    /// `'…'`, `'''…'''`
    RawText,
    /// `"` or `"""` at the start
    TextOpen,
    /// Text between quotes and holes, as it is written.
    TextPart,
    /// `${`
    HoleOpen,
    /// `}` of a hole
    HoleClose,
    /// `"` or `"""` at the end
    TextClose,
    /// `{ ( [`
    Open,
    /// `} ) ]`
    Close,
    /// `,`
    Comma,
    /// `:`
    Colon,
    /// `=`
    Eq,
    /// `=>`, `->`, `.`, `..`, `?`, `?.`, `|`
    Punctuation,
    /// `== != < <= > >= + - * / % ??`
    Operator,
    /// What no rule begins with.
    Unknown,
}

/// What a contextual word does where it is no name.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum WordClass {
    /// Begins a declaration: `module`.
    Declaration,
    /// Begins another statement: `use`.
    Statement,
    /// Stands before a field or a declaration: `private`.
    Modifier,
    /// Decides or repeats: `if`, `for`, `match`.
    Control,
    /// Stands between the parts of a statement: `because`.
    Clause,
    /// `and`, `or`, `not`, `in`, `is`
    Operator,
    /// `true`, `none`
    Constant,
    /// Makes a type of a type: `ref`.
    Type,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $word:ident $text:literal $class:ident;)+) => {
        /// Kinds of tokens as the parser sees them: each contextual word is one.
        #[derive(Logos, Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u8)]
        pub(crate) enum K {
            /// Behind the last token.
            End,
            #[regex(r"[A-Za-z_][A-Za-z0-9_]*(-[A-Za-z0-9_]+)*", priority = 3)]
            Ident,
            $(#[token($text)] $word,)+
            /// Made by the driver from a word and what follows it.
            RangeName,
            /// The driver reads on from the first digit.
            #[regex(r"[0-9]")]
            #[token("::")]
            Literal,
            #[token("'")]
            RawText,
            #[token("\"")]
            TextOpen,
            TextPart,
            HoleOpen,
            HoleClose,
            TextClose,
            #[token("{")]
            LBrace,
            #[token("}")]
            RBrace,
            #[token("(")]
            LParen,
            #[token(")")]
            RParen,
            #[token("[")]
            LBracket,
            #[token("]")]
            RBracket,
            #[token(",")]
            Comma,
            #[token(":")]
            Colon,
            #[token("=")]
            Eq,
            #[token("=>")]
            Arrow,
            #[token("->")]
            ThinArrow,
            #[token(".")]
            Dot,
            #[token("..")]
            DotDot,
            #[token("?")]
            Question,
            #[token("?.")]
            QuestionDot,
            #[token("|")]
            Pipe,
            #[token("==")]
            EqEq,
            #[token("!=")]
            NotEq,
            #[token("<")]
            Lt,
            #[token("<=")]
            Le,
            #[token(">")]
            Gt,
            #[token(">=")]
            Ge,
            #[token("+")]
            Plus,
            #[token("-")]
            Minus,
            #[token("*")]
            Star,
            #[token("/")]
            Slash,
            #[token("%")]
            Percent,
            #[token("??")]
            Coalesce,
            #[regex(r"[ \t\r\u{feff}\u{a0}]+")]
            Space,
            #[token("\n")]
            #[token("\r\n")]
            Newline,
            #[regex(r"#[^\r\n]*", allow_greedy = true)]
            Comment,
            Doc,
            Unknown,
            /// Stands for a bracket and all in it, where brackets are nested too deep.
            TooDeep,
        }

        /// Every contextual word with what it does, for grammars of editors. None of them is reserved: before `=`, `:`, `.`
        /// or `{` each is the name of a field.
        pub const KEYWORDS: &[(&str, WordClass)] = &[$(($text, WordClass::$class)),+];

        impl K {
            /// The text of a contextual word.
            pub(crate) const fn keyword(self) -> Option<&'static str> {
                match self {
                    $(K::$word => Some($text),)+
                    _ => None,
                }
            }
        }
    };
}

kinds! {
    Import "import" Declaration;
    Site "site" Declaration;
    Cluster "cluster" Declaration;
    Module "module" Declaration;
    Type "type" Declaration;
    Fn "fn" Declaration;
    Capability "capability" Declaration;
    Intent "intent" Declaration;
    Output "output" Declaration;
    Test "test" Declaration;
    Let "let" Declaration;
    Option "option" Declaration;
    Use "use" Statement;
    Needs "needs" Statement;
    Provide "provide" Statement;
    Tune "tune" Statement;
    Each "each" Statement;
    Remove "remove" Statement;
    Check "check" Statement;
    Covered "covered" Statement;
    Ignore "ignore" Statement;
    Unchecked "unchecked" Statement;
    Given "given" Statement;
    Expect "expect" Statement;
    Fail "fail" Statement;
    Shared "shared" Modifier;
    Optional "optional" Modifier;
    Private "private" Modifier;
    Default "default" Modifier;
    Override "override" Modifier;
    Force "force" Modifier;
    Append "append" Modifier;
    If "if" Control;
    Then "then" Control;
    Else "else" Control;
    For "for" Control;
    Match "match" Control;
    Every "every" Control;
    Some "some" Control;
    No "no" Control;
    Where "where" Clause;
    Because "because" Clause;
    By "by" Clause;
    One "one" Clause;
    Per "per" Clause;
    At "at" Clause;
    Most "most" Clause;
    With "with" Clause;
    Code "code" Clause;
    Error "error" Clause;
    Containing "containing" Clause;
    Owner "owner" Clause;
    And "and" Operator;
    Or "or" Operator;
    Not "not" Operator;
    In "in" Operator;
    Is "is" Operator;
    True "true" Constant;
    False "false" Constant;
    None "none" Constant;
    Null "null" Constant;
    Ref "ref" Type;
    Set "set" Type;
    Later "Later" Type;
}

impl K {
    /// A name or a contextual word.
    pub(crate) const fn is_word(self) -> bool {
        self as u8 >= K::Ident as u8 && self as u8 <= K::Later as u8
    }

    /// May begin a key: a name or a text.
    pub(crate) const fn is_key(self) -> bool {
        self.is_word() || matches!(self, K::RangeName | K::TextOpen | K::RawText)
    }

    /// The bracket that closes `self`.
    pub(crate) const fn closer(self) -> Option<K> {
        match self {
            K::LBrace => Some(K::RBrace),
            K::LParen => Some(K::RParen),
            K::LBracket => Some(K::RBracket),
            K::HoleOpen => Some(K::HoleClose),
            K::TextOpen => Some(K::TextClose),
            _ => None,
        }
    }

    /// Closes some bracket.
    pub(crate) const fn is_closer(self) -> bool {
        matches!(self, K::RBrace | K::RParen | K::RBracket | K::HoleClose | K::TextClose)
    }

    /// Words that stand behind a value and go on with its expression or statement.
    pub(crate) const fn is_infix_word(self) -> bool {
        matches!(
            self,
            K::And
                | K::Or
                | K::Not
                | K::In
                | K::Is
                | K::Then
                | K::Else
                | K::Where
                | K::Because
                | K::With
                | K::At
                | K::If
        )
    }

    /// Words that begin an expression of more than a name.
    pub(crate) const fn is_prefix_word(self) -> bool {
        matches!(self, K::Not | K::If | K::Match | K::Every | K::Some | K::No | K::Fail)
    }

    /// The kind that the outside sees.
    pub(crate) fn public(self, class: LiteralClass) -> TokenKind {
        match self {
            K::Space => TokenKind::Space,
            K::Newline => TokenKind::Newline,
            K::Comment => TokenKind::Comment,
            K::Doc => TokenKind::Doc,
            K::RangeName => TokenKind::RangeName,
            K::Literal => TokenKind::Literal(class),
            K::RawText => TokenKind::RawText,
            K::TextOpen => TokenKind::TextOpen,
            K::TextPart => TokenKind::TextPart,
            K::HoleOpen => TokenKind::HoleOpen,
            K::HoleClose => TokenKind::HoleClose,
            K::TextClose => TokenKind::TextClose,
            K::LBrace | K::LParen | K::LBracket => TokenKind::Open,
            K::RBrace | K::RParen | K::RBracket => TokenKind::Close,
            K::Comma => TokenKind::Comma,
            K::Colon => TokenKind::Colon,
            K::Eq => TokenKind::Eq,
            K::Arrow | K::ThinArrow | K::Dot | K::DotDot | K::Question | K::QuestionDot | K::Pipe => {
                TokenKind::Punctuation
            }
            K::Unknown | K::End | K::TooDeep => TokenKind::Unknown,
            word if word.is_word() => TokenKind::Word,
            _ => TokenKind::Operator,
        }
    }
}
