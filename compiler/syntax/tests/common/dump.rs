//! A tree as text: one line a statement, expressions in parentheses.

use kss_syntax::ast::*;

/// All statements of a file.
pub fn file(file: &File) -> String {
    let mut out = String::new();
    for item in &file.items {
        stmt(item, 0, &mut out);
    }
    out
}

thread_local! {
    /// Statements inside of expressions, while they are collected one by one.
    static INNER: std::cell::RefCell<Option<String>> = const { std::cell::RefCell::new(None) };
}

/// Every statement of a file on any level, those in expressions and types included: each without what is in it.
pub fn statements(file: &File) -> Vec<String> {
    INNER.set(Some(String::new()));
    let all = self::file(file) + &INNER.take().unwrap_or_default();
    all.lines().map(|l| l.trim_start().to_owned()).collect()
}

fn line(depth: usize, text: &str, out: &mut String) {
    for _ in 0..depth {
        out.push_str("  ");
    }
    out.push_str(text.trim_end());
    out.push('\n');
}

fn block(b: &Block, depth: usize, out: &mut String) {
    for s in &b.stmts {
        stmt(s, depth, out);
    }
}

fn stmt(s: &Stmt, depth: usize, out: &mut String) {
    if let Some(doc) = &s.doc {
        line(depth, &format!("doc {doc:?}"), out);
    }
    let mut blocks: Vec<(String, &Block)> = Vec::new();
    let mut bodies: Vec<(String, &Body)> = Vec::new();
    let head = match &s.kind {
        StmtKind::Error => "ERROR".to_owned(),
        StmtKind::Import(i) => {
            let names = i.names.as_ref().map(|n| format!(" names [{}]", names_of(n, " ")));
            format!("import up {:?} {}{}", i.relative, names_of(&i.path, "."), names.unwrap_or_default())
        }
        StmtKind::Site { name, body } => with(format!("site {}", n(name)), body, &mut blocks),
        StmtKind::Cluster { name, site, body } => {
            with(format!("cluster {} of {}", n(name), n(site)), body, &mut blocks)
        }
        StmtKind::Module { name, scope, body } => {
            with(format!("module {}{}", n(name), opt(" for ", scope.as_ref().map(n))), body, &mut blocks)
        }
        StmtKind::Type { name, ty: t, refine } => format!("type {} = {}{}", n(name), ty(t), refined(refine)),
        StmtKind::Fn { name, params, result, body } => {
            let params: Vec<_> = params.iter().map(|p| format!("{}:{}", n(&p.name), ty(&p.ty))).collect();
            let result = opt(" -> ", result.as_ref().map(ty));
            format!("fn {}({}){result}{}", n(name), params.join(", "), opt(" = ", body.as_ref().map(expr)))
        }
        StmtKind::Capability { name, ty: t, count, per, fallback } => {
            let fallback = opt(" = ", fallback.as_ref().map(n));
            format!("capability {} : {} {count:?} per {}{fallback}", n(name), ty(t), n(per))
        }
        StmtKind::Kind(k) => kind(k),
        StmtKind::Test { title, body } => with(format!("test {}", text(title)), body, &mut blocks),
        StmtKind::Let { name, ty: t, value, refine } => {
            let t = opt(" : ", t.as_ref().map(ty));
            format!("let {}{t} = {}{}", n(name), expr(value), refined(refine))
        }
        StmtKind::Option { private, name, ty: t, default, refine } => {
            let private = if *private { "private " } else { "" };
            let default = opt(" = ", default.as_ref().map(expr));
            format!("{private}option {} : {}{default}{}", n(name), ty(t), refined(refine))
        }
        StmtKind::Use { name, body } => {
            blocks.extend(body.as_ref().map(|b| (String::new(), b)));
            format!("use {}", key(name))
        }
        StmtKind::Needs { path, optional } => {
            format!("needs {}{}", names_of(path, "."), if *optional { "?" } else { "" })
        }
        StmtKind::Provide { name, body } => with(format!("provide {}", n(name)), body, &mut blocks),
        StmtKind::Tune { target, body, because } => {
            with(format!("tune {}{}", head_of(target), reason(because)), body, &mut blocks)
        }
        StmtKind::Each { kind, filter, body } => {
            let filter = opt(" where ", filter.as_ref().map(expr));
            with(format!("each {}{filter}", n(kind)), body, &mut blocks)
        }
        StmtKind::Remove { target } => {
            let word = if target.is_use { "use " } else { "" };
            let path: Vec<_> = target.path.iter().map(key).collect();
            format!("remove {word}{} path {}", head_of(&target.head), path.join("."))
        }
        StmtKind::Check { cond, code, message } => {
            let code = opt(" code ", code.as_ref().map(n));
            format!("check {}{code}{}", expr(cond), opt(" else ", message.as_ref().map(expr)))
        }
        StmtKind::Covered { entry, because } => format!("covered {} because {}", expr(entry), expr(because)),
        StmtKind::Ignore { path, because } => format!("ignore {} because {}", names_of(path, "."), text(because)),
        StmtKind::Unchecked { path, value, because } => {
            let path: Vec<_> = path.iter().map(key).collect();
            let value = opt(" = ", value.as_ref().map(expr));
            format!("unchecked {}{value} because {}", path.join("."), text(because))
        }
        StmtKind::If { cond, then, otherwise } => {
            bodies.push((String::new(), then));
            bodies.extend(otherwise.as_ref().map(|o| ("else".to_owned(), o)));
            format!("if {}", expr(cond))
        }
        StmtKind::For { generators: g, body } => {
            bodies.push((String::new(), body));
            format!("for {}", generators(g))
        }
        StmtKind::Match { subject, arms } => {
            bodies.extend(arms.iter().map(|(p, b)| (format!("=> {}", pattern(p)), b)));
            format!("match {}", expr(subject))
        }
        StmtKind::Spread(e) => format!("..{}", expr(e)),
        StmtKind::Open => "..".to_owned(),
        StmtKind::Given { name, base, with } => {
            blocks.extend(with.as_ref().map(|b| (String::new(), b)));
            let name = name.as_ref().map(|name| format!("{} = ", n(name))).unwrap_or_default();
            format!("given {name}{}", n(base))
        }
        StmtKind::Expect(e) => format!("expect {}", expect(e)),
        StmtKind::Entry { head, body, because } => {
            with(format!("entry {}{}", head_of(head), reason(because)), body, &mut blocks)
        }
        StmtKind::Field(f) => field(f, &mut blocks),
        StmtKind::Element(e) => format!("element {}", expr(e)),
    };
    line(depth, &head, out);
    for (title, b) in blocks {
        if !title.is_empty() {
            line(depth, &title, out);
        }
        block(b, depth + 1, out);
    }
    for (title, body) in bodies {
        if !title.is_empty() {
            line(depth, &title, out);
        }
        match body {
            Body::Block(b) => block(b, depth + 1, out),
            Body::One(s) => stmt(s, depth + 1, out),
        }
    }
}

fn with<'a>(head: String, body: &'a Block, blocks: &mut Vec<(String, &'a Block)>) -> String {
    blocks.push((String::new(), body));
    head
}

fn n(name: &Name) -> String {
    if name.is_missing() { "MISSING".to_owned() } else { name.text.to_string() }
}

fn names_of(names: &[Name], by: &str) -> String {
    names.iter().map(n).collect::<Vec<_>>().join(by)
}

fn opt(before: &str, value: Option<String>) -> String {
    value.map(|v| format!("{before}{v}")).unwrap_or_default()
}

fn refined(w: &Option<Box<Where>>) -> String {
    let Some(w) = w else { return String::new() };
    format!(" where {}{}", expr(&w.cond), opt(" else ", w.message.as_ref().map(expr)))
}

fn reason(because: &Option<Text>) -> String {
    opt(" because ", because.as_ref().map(text))
}

fn key(k: &Key) -> String {
    match k {
        Key::Bare(name) => n(name),
        Key::Quoted(t) => text(t),
        Key::Range { prefix, first, last, .. } => format!("{prefix}{{{first}..{last}}}"),
    }
}

fn head_of(h: &Head) -> String {
    let words: Vec<_> = h.words.iter().map(key).collect();
    format!("[{}]{}", words.join(" "), opt(" in ", h.within.as_ref().map(key)))
}

fn kind(k: &KindDecl) -> String {
    let flag = |on: bool, word: &str| if on { format!("{word} ") } else { String::new() };
    let word = if k.output { "output" } else { "intent" };
    format!(
        "{}{}{word} {} : {}{}{}{}",
        flag(k.shared, "shared"),
        flag(k.optional, "optional"),
        n(&k.name),
        ty(&k.ty),
        opt(" for ", k.lowered_by.as_ref().map(|p| names_of(p, "."))),
        if k.one { " one" } else { "" },
        opt(" per ", k.per.as_ref().map(n)),
    )
}

fn field<'a>(f: &'a Field, blocks: &mut Vec<(String, &'a Block)>) -> String {
    let layer = f.layer.map(|l| format!("{l:?} ")).unwrap_or_default();
    let private = if f.private { "private " } else { "" };
    let append = if f.append { "append " } else { "" };
    let path: Vec<_> = f.path.iter().map(key).collect();
    let value = match &f.value {
        None => String::new(),
        Some(FieldValue::Expr(e)) => format!(" = {}", expr(e)),
        Some(FieldValue::KeyedExpr { by, value }) => format!(" by {} = {}", n(by), expr(value)),
        Some(FieldValue::Block(b)) => with(" block".to_owned(), b, blocks),
        Some(FieldValue::Keyed { by, block }) => with(format!(" by {}", n(by)), block, blocks),
    };
    let t = opt(" : ", f.ty.as_ref().map(ty));
    format!("field {layer}{private}{append}{}{t}{value}{}{}", path.join("."), refined(&f.refine), reason(&f.because))
}

fn expect(e: &Expect) -> String {
    match e {
        Expect::NoError { or } => format!("no-error or [{}]", names_of(or, " ")),
        Expect::Error { code, at } => {
            format!("error{}{}", opt(" ", code.as_ref().map(n)), opt(" at ", at.as_ref().map(expr)))
        }
        Expect::NoOutputOf { owner } => format!("no-output of {}", expr(owner)),
        Expect::NoOutputWith { text } => format!("no-output with {}", expr(text)),
        Expect::Output { head, cond } => format!("output {}: {}", head_of(head), expr(cond)),
        Expect::Cond(e) => format!("cond {}", expr(e)),
    }
}

fn text(t: &Text) -> String {
    let parts = t.parts.iter().map(|p| match p {
        TextPart::Plain(t) => format!("{t:?}"),
        TextPart::Hole(e) => format!("${}", expr(e)),
    });
    let parts: Vec<_> = parts.collect();
    match parts.len() {
        0 => "\"\"".to_owned(),
        1 => parts.concat(),
        _ => format!("(text {})", parts.join(" ")),
    }
}

/// Statements on one line.
fn inline(b: &Block) -> String {
    let mut out = String::new();
    block(b, 0, &mut out);
    let collects = INNER.with_borrow_mut(|inner| inner.as_mut().map(|inner| inner.push_str(&out)).is_some());
    if collects {
        return "{}".to_owned();
    }
    let lines: Vec<_> = out.lines().map(str::trim).collect();
    format!("{{{}}}", lines.join("; "))
}

pub fn expr(e: &Expr) -> String {
    match &e.kind {
        ExprKind::Missing => "MISSING".to_owned(),
        ExprKind::Literal { class, text } => format!("{class:?}:{text}"),
        ExprKind::Text(t) => text(t),
        ExprKind::Name(name) => name.to_string(),
        ExprKind::Member { base, key: k, optional } => {
            format!("(. {} {}{})", expr(base), if *optional { "?" } else { "" }, key(k))
        }
        ExprKind::Call { callee, args } => {
            let args: String = args.iter().map(|a| format!(" {}", expr(a))).collect();
            format!("(call {}{args})", expr(callee))
        }
        ExprKind::Record(b) => inline(b),
        ExprKind::Construct { name, body } => format!("({} {})", n(name), inline(body)),
        ExprKind::List(elems) => format!("[{}]", elems.iter().map(elem).collect::<Vec<_>>().join(", ")),
        ExprKind::Unary { op, operand } => format!("({op:?} {})", expr(operand)),
        ExprKind::Binary { op, left, right } => format!("({op:?} {} {})", expr(left), expr(right)),
        ExprKind::If { cond, then, otherwise } => {
            format!("(if {} {} {})", expr(cond), expr(then), expr(otherwise))
        }
        ExprKind::Match { subject, arms } => {
            let arms: String = arms.iter().map(|(p, e)| format!(" ({} => {})", pattern(p), expr(e))).collect();
            format!("(match {}{arms})", expr(subject))
        }
        ExprKind::Quantifier { quantifier, generators: g, cond } => {
            format!("({quantifier:?} {}: {})", generators(g), expr(cond))
        }
        ExprKind::Is { subject, negated, test } => {
            format!("({} {} {})", if *negated { "is-not" } else { "is" }, expr(subject), pattern(test))
        }
        ExprKind::Fail { message, at, with } => {
            let at = opt(" at ", at.as_deref().map(expr));
            format!("(fail {}{at}{})", expr(message), opt(" with ", with.as_deref().map(expr)))
        }
    }
}

fn elem(e: &ListElem) -> String {
    match e {
        ListElem::Value(e) => expr(e),
        ListElem::Spread(e) => format!("..{}", expr(e)),
        ListElem::If { cond, then } => format!("(if {} => {})", expr(cond), elem(then)),
        ListElem::For { generators: g, each } => format!("(for {} => {})", generators(g), elem(each)),
    }
}

fn generators(all: &[Generator]) -> String {
    let one = |g: &Generator| {
        let filter = opt(" if ", g.filter.as_ref().map(expr));
        format!("{} in {}{filter}", names_of(&g.vars, ","), expr(&g.source))
    };
    all.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn pattern(p: &Pattern) -> String {
    match &p.kind {
        PatternKind::Missing => "MISSING".to_owned(),
        PatternKind::Any => "_".to_owned(),
        PatternKind::Case { name, fields } => {
            let field = |f: &PatternField| format!("{}{}", n(&f.field), opt("=", f.rename.as_ref().map(n)));
            let fields = fields.as_ref().map(|f| format!("{{{}}}", f.iter().map(field).collect::<Vec<_>>().join(", ")));
            format!("{}{}", n(name), fields.unwrap_or_default())
        }
        PatternKind::Typed { name, ty: t } => format!("{}:{}", n(name), ty(t)),
        PatternKind::Or(all) => all.iter().map(pattern).collect::<Vec<_>>().join("|"),
        PatternKind::Literal(e) => expr(e),
    }
}

pub fn ty(t: &Type) -> String {
    match &t.kind {
        TypeKind::Missing => "MISSING".to_owned(),
        TypeKind::Name(name) => name.to_string(),
        TypeKind::Ref(name) => format!("(ref {})", n(name)),
        TypeKind::List(of) => format!("[{}]", ty(of)),
        TypeKind::Map(k, v) => format!("(map {} {})", ty(k), ty(v)),
        TypeKind::Set(of) => format!("(set {})", ty(of)),
        TypeKind::Later(of) => format!("(later {})", ty(of)),
        TypeKind::Optional(of) => format!("{}?", ty(of)),
        TypeKind::Record(b) => inline(b),
        TypeKind::Union(all) => {
            let one = |a: &Alternative| match a {
                Alternative::Case { doc, name, payload } => {
                    let doc = doc.as_ref().map(|d| format!("doc {d:?} ")).unwrap_or_default();
                    format!("{doc}{}{}", n(name), payload.as_ref().map(inline).unwrap_or_default())
                }
                Alternative::Type(t) => ty(t),
            };
            format!("<{}>", all.iter().map(one).collect::<Vec<_>>().join(" | "))
        }
        TypeKind::Plus(a, b) => format!("(+ {} {})", ty(a), ty(b)),
    }
}
