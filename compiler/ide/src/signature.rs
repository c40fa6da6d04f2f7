//! The parameters of the call at a position.

use crate::{Analysis, FilePosition};
use kss_sema::{FileItems, Target};
use kss_span::{Symbol, TextRange};
use std::sync::Arc;

/// A function that is being called.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignatureHelp {
    /// `name(a: Int, b: Text) -> Text`
    pub label: String,
    /// Where the parameters stand in the label.
    pub parameters: Vec<TextRange>,
    /// The parameter that the cursor is at.
    pub active: usize,
    /// Documentation.
    pub doc: Option<Arc<str>>,
}

impl Analysis {
    /// The call around a position, the innermost one.
    pub fn signature_help(&self, at: FilePosition) -> Option<SignatureHelp> {
        let text = self.text(at.file);
        let (before, behind) = text.split_at_checked(at.offset as usize)?;
        // An argument that is not written yet is one all the same.
        let copy = match behind.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_') {
            true => text.to_owned(),
            false => [before, " kssc_argument_here ", behind].concat(),
        };
        let parsed = kss_syntax::parse(at.file, &copy);
        let items = FileItems::new(Symbol::new(self.path(at.file)), &parsed.file);
        let around = |spans: &Arc<[TextRange]>, node: u32| {
            spans.get(node as usize).is_some_and(|r| r.lo <= at.offset && at.offset <= r.hi)
        };
        let mut pairs = items.decls.iter().zip(&parsed.spans);
        let (decl, spans) = pairs.find(|(decl, spans)| around(spans, decl.stmt.id.0))?;
        let index = kss_sema::index_item(self.signatures(), decl, Some(Symbol::new("kssc_argument_here")));
        let range = |node: u32| spans.get(node as usize).copied().unwrap_or_default();
        let inside = |call: &&kss_sema::CallSite| {
            let whole = range(call.node);
            let open = copy.get(whole.range()).and_then(|t| t.find('(')).map(|n| whole.lo + n as u32);
            around(spans, call.node) && open.is_some_and(|open| open < at.offset)
        };
        let call = index.calls.iter().filter(inside).min_by_key(|call| range(call.node).len())?;
        let done = call.args.iter().filter(|arg| range(**arg).hi < at.offset).count();
        let (label, parameters) = self.label(call);
        let active = done.min(call.params.len().saturating_sub(1));
        Some(SignatureHelp { label, parameters, active, doc: self.doc_of(call.target.as_ref()) })
    }

    fn label(&self, call: &kss_sema::CallSite) -> (String, Vec<TextRange>) {
        let sigs = self.signatures();
        let mut label = format!("{}(", call.name);
        let mut parameters = Vec::new();
        for (at, (name, ty)) in call.params.iter().enumerate() {
            if at > 0 {
                label.push_str(", ");
            }
            let lo = label.len() as u32;
            label.push_str(&format!("{name}: {}", sigs.show(ty)));
            parameters.push(TextRange::new(lo, label.len() as u32));
        }
        label.push_str(&format!(") -> {}", sigs.show(&call.result)));
        (label, parameters)
    }

    fn doc_of(&self, target: Option<&Target>) -> Option<Arc<str>> {
        self.navigate(target?).into_iter().next()?.doc
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::Fixture;

    fn help(text: &str) -> Option<(String, String)> {
        let fixture = Fixture::new(text);
        let found = fixture.analysis().signature_help(fixture.at())?;
        let active = found.parameters.get(found.active).map(|r| found.label[r.range()].to_owned());
        Some((found.label, active.unwrap_or_default()))
    }

    #[test]
    fn the_parameter_at_the_cursor() {
        let text = "## Adds.\nfn add(a: Int, b: Int) -> Int = a + b\n";
        let label = "add(a: Int, b: Int) -> Int".to_owned();
        let found = |call: &str| help(&format!("{text}let x = {call}\n"));
        assert_eq!(found("add($0)"), Some((label.clone(), "a: Int".to_owned())));
        assert_eq!(found("add(1, $0)"), Some((label.clone(), "b: Int".to_owned())));
        assert_eq!(found("add(1, 2$0)"), Some((label, "b: Int".to_owned())));
        assert_eq!(found("add$0(1, 2)"), None);
    }

    #[test]
    fn an_unfinished_call_has_parameters() {
        let found = help("let net = 10.0.0.0/24\nlet x = net.host($0");
        assert_eq!(found.map(|(label, _)| label), Some("host(n: Int) -> Ip".to_owned()));
    }

    #[test]
    fn the_innermost_call_counts() {
        let found = help("let x = join([\"a\"], lower($0))\n");
        assert!(found.as_ref().is_some_and(|(label, _)| label.starts_with("lower(")), "{found:?}");
    }
}
