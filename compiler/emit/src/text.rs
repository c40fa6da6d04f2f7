//! Texts of formats that nobody here knows: written as they are.

use crate::Emitted;
use crate::lines::{EntryId, LineMap, Step};
use kss_value::Line;

/// The lines, each ended by a line feed but the last one, which is if `ended`.
pub fn emit(lines: &[Line], ended: bool) -> Emitted {
    let mut text = String::with_capacity(lines.iter().map(|line| line.text.len() + 1).sum());
    let mut map = LineMap::default();
    for (at, line) in lines.iter().enumerate() {
        map.push(at as u32 + 1, EntryId::NONE, Step::Root, line.origin);
        text.push_str(&line.text);
        text.push('\n');
    }
    if !ended {
        text.pop();
    }
    Emitted { text, lines: map }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kss_span::{ItemId, Origin, Symbol};

    #[test]
    fn lines_stay_as_they_are_and_know_who_wrote_them() {
        let origin = |node| Origin::new(ItemId::new(Symbol::new("a.kss"), Symbol::new("module a")), node);
        let lines = [("a", 1), ("", 2), ("b", 3)].map(|(text, node)| Line { text: text.into(), origin: origin(node) });
        let whole = emit(&lines, true);
        assert_eq!(whole.text, "a\n\nb\n");
        assert_eq!(whole.lines.at(3).map(|line| line.origin), Some(origin(3)));
        assert_eq!(emit(&lines, false).text, "a\n\nb");
        assert_eq!(emit(&[], false).text, "");
    }
}
