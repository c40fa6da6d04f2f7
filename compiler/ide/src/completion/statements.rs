//! The first word of a statement: keywords, kinds of entries, fields.

use super::request::Request;
use super::spot::{self, Body};
use super::{CompletionKind, Offers, fields, rank, values};
use kss_ir::{KindSig, KindUse};
use kss_sema::{Cursor, Signatures};
use kss_span::Symbol;
use kss_syntax::visit::Node;
use kss_value::ScopeKind;

type Keyword = (&'static str, &'static str);

const TOP: &[Keyword] = &[
    ("import", "import $0"),
    ("cluster", "cluster ${1:name} in ${2:site} {\n  $0\n}"),
    ("site", "site ${1:name} {\n  $0\n}"),
    ("module", "module ${1:name} {\n  $0\n}"),
    ("type", "type ${1:Name} {\n  $0\n}"),
    ("fn", "fn ${1:name}(${2:parameter}: ${3:Type}) -> ${4:Type} = $0"),
    ("let", "let ${1:name} = $0"),
    ("test", "test \"${1:title}\" {\n  given ${2:cluster}\n  expect $0\n}"),
    ("capability", "capability ${1:name} : ${2:Type} one per ${3:cluster}"),
    ("intent", "intent ${1:name} : ${2:Type} for ${3:capability}"),
    ("output", "output ${1:name} : ${2:Type} per ${3:cluster}"),
    ("shared", "shared $0"),
    ("optional", "optional $0"),
    ("overlay", "overlay ${1:site} {\n  $0\n}"),
];

const MODULE: &[Keyword] = &[
    ("option", "option ${1:name} : ${2:Type} = $0"),
    ("use", "use $0"),
    ("needs", "needs $0"),
    ("provide", "provide ${1:capability} {\n  $0\n}"),
    ("tune", "tune $0"),
    ("let", "let ${1:name} = $0"),
    ("for", "for ${1:x} in ${2:list} {\n  $0\n}"),
    ("if", "if ${1:condition} {\n  $0\n}"),
    ("match", "match ${1:value} {\n  $0\n}"),
    ("check", "check ${1:condition} else \"${2:what is wrong}\""),
    ("each", "each ${1:node} {\n  $0\n}"),
    ("covered", "covered ${1:entry} because \"${2:reason}\""),
    ("ignore", "ignore ${1:intent}.${2:field} because \"${3:reason}\""),
    ("phase", "phase = $0"),
    ("fn", "fn ${1:name}(${2:parameter}: ${3:Type}) -> ${4:Type} = $0"),
    ("type", "type ${1:Name} {\n  $0\n}"),
    ("fail", "fail \"${1:what is wrong}\""),
    ("private", "private $0"),
];

const SCOPE: &[Keyword] = &[
    ("use", "use $0"),
    ("let", "let ${1:name} = $0"),
    ("tune", "tune $0"),
    ("each", "each ${1:node} {\n  $0\n}"),
    ("remove", "remove $0"),
    ("for", "for ${1:x} in ${2:list} {\n  $0\n}"),
    ("if", "if ${1:condition} {\n  $0\n}"),
    ("check", "check ${1:condition} else \"${2:what is wrong}\""),
    ("match", "match ${1:value} {\n  $0\n}"),
    ("override", "override $0"),
    ("default", "default $0"),
    ("force", "force $0"),
    ("append", "append $0"),
    ("private", "private $0"),
];

const TEST: &[Keyword] = &[
    ("given", "given ${1:cluster} with {\n  $0\n}"),
    ("expect", "expect $0"),
    ("let", "let ${1:name} = $0"),
    ("for", "for ${1:x} in ${2:list} {\n  $0\n}"),
];

const TYPE: &[Keyword] = &[
    ("let", "let ${1:name} : ${2:Type} = $0"),
    ("fn", "fn ${1:name}(${2:parameter}: ${3:Type}) -> ${4:Type} = $0"),
    ("check", "check ${1:condition} else \"${2:what is wrong}\""),
    ("private", "private ${1:name} : ${2:Type}"),
];

const RECORD: &[Keyword] = &[
    ("if", "if ${1:condition} {\n  $0\n}"),
    ("for", "for ${1:x} in ${2:list} {\n  $0\n}"),
    ("match", "match ${1:value} {\n  $0\n}"),
    ("let", "let ${1:name} = $0"),
    ("unchecked", "unchecked ${1:path} because \"${2:reason}\""),
    ("append", "append ${1:path} = $0"),
    ("override", "override $0"),
    ("default", "default $0"),
    ("force", "force $0"),
    ("remove", "remove ${1:path}"),
    ("fail", "fail \"${1:what is wrong}\""),
];

/// Words with which a line goes on that began above.
const CONTINUE: [&str; 8] = ["else", "where", "because", "and", "or", "code", "with", "at"];

pub(super) fn offer(request: &Request<'_>, path: &[Node<'_>], prefixed: bool, out: &mut Offers) {
    let body = match spot::body(path) {
        // `tune nixos { … }` has one word too.
        Body::Options(module) if !request.sigs().modules.contains_key(&module) => Body::Record,
        body => body,
    };
    let previous = request.previous().map_or("", |(_, word)| word.as_str());
    if matches!(previous, "shared" | "optional") && body == Body::Top {
        return keywords(&TOP[9..13], request, out);
    }
    if prefixed && previous == "private" && matches!(body, Body::Module(_)) {
        return keywords(&MODULE[..1], request, out);
    }
    match body {
        Body::Top => keywords(TOP, request, out),
        Body::Module(scope) => {
            keywords(MODULE, request, out);
            kinds(request, scope, 1, out);
        }
        Body::Scope { kind, overlay } => {
            fields::of_scope(request, path, kind, overlay, out);
            if !prefixed && !overlay {
                keywords(SCOPE, request, out);
                kinds(request, kind, 1, out);
            }
        }
        Body::Options(module) => {
            fields::of_module(request, path, module, out);
            record_words(request, prefixed, out);
        }
        Body::Test => keywords(TEST, request, out),
        Body::Type => {
            keywords(TYPE, request, out);
            // `{ Name : T }` is a map until it has fields.
            if spot::block(path).is_some_and(|block| block.stmts.len() == 1) {
                super::names::types(request, out);
            }
        }
        Body::Record => match request.cursor() {
            Some(Cursor::Value { .. }) => values::offer(request, path, out),
            _ => {
                fields::of_record(request, path, out);
                record_words(request, prefixed, out);
            }
        },
    }
    if !prefixed && !path.is_empty() && !matches!(body, Body::Options(_)) {
        for word in CONTINUE {
            out.add(word, CompletionKind::Keyword, rank(6, 0));
        }
    }
}

fn record_words(request: &Request<'_>, prefixed: bool, out: &mut Offers) {
    if !prefixed {
        keywords(RECORD, request, out);
    }
}

fn keywords(words: &[Keyword], request: &Request<'_>, out: &mut Offers) {
    for (at, (word, snippet)) in words.iter().enumerate() {
        // The first few of each list are what is written most.
        let offer = out.add(*word, CompletionKind::Keyword, rank(2, (at / 3).min(9) as u8));
        if request.next.is_none_or(|c| c == '\n' || c == '}') {
            offer.snippet(*snippet);
        } else {
            offer.plain(format!("{word} "));
        }
    }
}

/// Kinds whose entries may stand in a body of `scope`.
fn kinds(request: &Request<'_>, scope: ScopeKind, fit: u8, out: &mut Offers) {
    for sig in request.sigs().kinds.values() {
        let fits = fits_scope(sig, scope);
        if !fits && sig.usage == KindUse::Structure {
            continue;
        }
        let offer = out.add(sig.name.as_str(), CompletionKind::Kind, rank(if fits { fit } else { 4 }, distance(sig)));
        offer.detail(describe(request.sigs(), sig)).doc(sig.doc.as_deref());
        if !request.continued() && request.next.is_none_or(|c| c == '\n' || c == '}') {
            offer.snippet(snippet(sig));
        }
    }
}

fn fits_scope(sig: &KindSig, scope: ScopeKind) -> bool {
    match sig.scope {
        None => sig.usage != KindUse::Structure || matches!(scope, ScopeKind::Site | ScopeKind::Cluster),
        Some(of) => of == scope || of == ScopeKind::Machine && scope == ScopeKind::Node,
    }
}

/// What is written in most modules stands first.
fn distance(sig: &KindSig) -> u8 {
    match sig.name.as_str() {
        "helm" | "manifest" | "namespace" | "route" | "flow" | "secret" | "credential" | "node" | "machine"
        | "network" => 0,
        _ => 1,
    }
}

fn describe(sigs: &Signatures, sig: &KindSig) -> String {
    let word = match sig.usage {
        KindUse::Structure => "collection",
        KindUse::Intent { .. } => "intent",
        KindUse::Output => "output",
    };
    format!("{word} : {}", sigs.show(&sig.ty))
}

fn snippet(sig: &KindSig) -> String {
    let name = sig.name;
    match (sig.nameless, sig.kubernetes) {
        (true, _) => format!("{name} {{\n  $0\n}}"),
        (_, true) => format!("{name} ${{1:Kind}} ${{2:name}} in ${{3:namespace}} {{\n  $0\n}}"),
        _ => format!("{name} ${{1:name}} {{\n  $0\n}}"),
    }
}

/// The kind called `name` if a word of that name names entries.
pub(super) fn kind(sigs: &Signatures, name: Symbol) -> Option<&KindSig> {
    sigs.kinds.get(&name).map(|k| &**k)
}
