//! Texts that name packages.

use kss_backend::Sink;
use kss_diag::code;
use kss_emit::{Data, Node};
use kss_span::Symbol;

/// Puts `pkgs.NAME` in place of each text that names a package.
pub(crate) fn name(node: &mut Node, is_package: &dyn Fn(&[Symbol]) -> bool, sink: &mut Sink<'_>) {
    Names { is_package, path: Vec::new() }.node(node, sink);
}

struct Names<'a> {
    is_package: &'a dyn Fn(&[Symbol]) -> bool,
    path: Vec<Symbol>,
}

impl Names<'_> {
    fn node(&mut self, node: &mut Node, sink: &mut Sink<'_>) {
        match &mut node.data {
            Data::Map(fields) => {
                for (key, value) in fields {
                    self.path.push(*key);
                    self.node(value, sink);
                    self.path.pop();
                }
            }
            Data::List(items) => items.iter_mut().for_each(|item| self.item(item, sink)),
            Data::Text(text) if (self.is_package)(&self.path) => match package(text) {
                Some(code) => node.data = Data::Code(code.into()),
                None => sink.report(no_package(text, &self.path, node.origin)),
            },
            _ => {}
        }
    }

    /// A text in a list is asked for by the path of the list.
    fn item(&mut self, item: &mut Node, sink: &mut Sink<'_>) {
        let is_text = matches!(item.data, Data::Text(_));
        if !is_text {
            self.path.push(Symbol::new("*"));
        }
        self.node(item, sink);
        if !is_text {
            self.path.pop();
        }
    }
}

/// `pkgs.python3Packages.requests`; a part that is no name of Nix is quoted.
fn package(text: &str) -> Option<String> {
    let mut code = String::from("pkgs");
    for part in text.split('.') {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '\'' | '+');
        if part.is_empty() || !part.chars().all(plain) {
            return None;
        }
        let is_name = part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && !part.contains('+');
        code.push_str(&if is_name { format!(".{part}") } else { format!(".\"{part}\"") });
    }
    Some(code)
}

fn no_package(text: &str, path: &[Symbol], origin: kss_span::Origin) -> kss_diag::Diagnostic<kss_span::Origin> {
    let option = path.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(".");
    let message = format!("{text:?} is no name of a package, which `{option}` wants");
    code::WRONG_KEY_TYPE
        .at(origin, message)
        .help("a package is written as nixpkgs calls it: \"jq\", \"python3Packages.requests\"")
}
