//! What the parts of a failed condition were: each value below the expression that it belongs to.
//!
//! ```text
//! count(cluster.etcd-members) % 2 == 1
//! │     │                     │   │
//! 2     [master, worker-1]    0   false
//! ```

use crate::clean::clean_line;
use kss_span::TextRange;
use unicode_width::UnicodeWidthStr;

/// Values longer than this many columns are cut.
const WIDEST: usize = 60;

/// The value of a part of a condition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PartValue {
    /// The expression, in bytes from the start of the condition's text.
    pub range: TextRange,
    /// Its value as it is written in `.kss`. Secrets and private values come in redacted.
    pub text: String,
}

/// The diagram of `condition`, lines joined by `\n`, for use as the text of a note. Parts whose value is their own text
/// (literals) are left out, and so are ranges outside the condition.
pub fn diagram(condition: &str, parts: &[PartValue]) -> String {
    let shown: Vec<&PartValue> = parts.iter().filter(|part| worth_showing(condition, part)).collect();
    let mut marks: Vec<(usize, String)> = shown
        .iter()
        .map(|part| (column(condition, anchor(condition, part.range, &shown)), shorten(&clean_line(&part.text))))
        .collect();
    // From the right, so that a value finds the room that those behind it left. Of two at one column the outer part,
    // which comes later in `parts`, is shown further down.
    marks.sort_by_key(|mark| std::cmp::Reverse(mark.0));
    let mut lines = vec![one_line(condition)];
    if !marks.is_empty() {
        lines.extend(hang(&marks));
    }
    lines.join("\n")
}

fn worth_showing(condition: &str, part: &PartValue) -> bool {
    condition.get(part.range.range()).is_some_and(|source| !source.is_empty() && source != part.text)
}

/// The byte below which the value of `range` stands: its operator, if its text starts with another part.
fn anchor(condition: &str, range: TextRange, parts: &[&PartValue]) -> usize {
    let inner = |at: usize| {
        parts.iter().any(|part| {
            let r = part.range;
            r != range && range.lo <= r.lo && r.hi <= range.hi && r.range().contains(&at)
        })
    };
    let text = &condition[range.range()];
    let mut own = text.char_indices().map(|(at, c)| (range.lo as usize + at, c)).filter(|(at, _)| !inner(*at));
    let found = own.find(|(_, c)| !c.is_whitespace() && !matches!(c, '.' | '?' | '(' | ')' | ','));
    found.map_or(range.lo as usize, |(at, _)| at)
}

/// Where byte `at` is drawn once the condition stands on one line.
fn column(condition: &str, at: usize) -> usize {
    let before = one_line(&condition[..at]);
    // The blank between two words is dropped at the end of a text.
    let blank = condition[..at].ends_with(char::is_whitespace) && !before.is_empty();
    before.width() + usize::from(blank)
}

/// The condition with each run of white space as one blank.
fn one_line(text: &str) -> String {
    crate::clean::clean(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn shorten(text: &str) -> String {
    if text.width() <= WIDEST {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(WIDEST - 1).collect();
    short.push('…');
    short
}

/// Lines below the condition; `marks` come from right to left.
fn hang(marks: &[(usize, String)]) -> Vec<String> {
    let mut bars = Row::default();
    let mut rows: Vec<Row> = Vec::new();
    let mut last = None;
    for (column, value) in marks {
        bars.put(*column, "│");
        let same_column = last == Some(*column);
        last = Some(*column);
        let mut placed = false;
        for (at, row) in rows.iter_mut().enumerate() {
            if !same_column && column + value.width() < row.start {
                row.put(*column, value);
                placed = true;
                break;
            }
            row.put(*column, "│");
            // A value never stands where only bars pass: it would look as if it belonged to them.
            row.start = if at == 0 { row.start.min(*column) } else { *column };
        }
        if !placed {
            let mut row = Row::default();
            row.put(*column, value);
            rows.push(row);
        }
    }
    std::iter::once(bars).chain(rows).map(|row| row.text()).collect()
}

/// One line, filled from right to left.
#[derive(Default)]
struct Row {
    cells: Vec<(usize, String)>,
    /// Where its first text begins.
    start: usize,
}

impl Row {
    fn put(&mut self, column: usize, text: &str) {
        if self.cells.last().is_some_and(|(at, _)| *at == column) {
            return;
        }
        self.cells.push((column, text.to_owned()));
        self.start = column;
    }

    fn text(&self) -> String {
        let mut line = String::new();
        for (column, text) in self.cells.iter().rev() {
            let gap = column.saturating_sub(line.width());
            line.extend(std::iter::repeat_n(' ', gap));
            line.push_str(text);
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The diagram for parts that are found by their text.
    fn of(condition: &str, parts: &[(&str, &str)]) -> String {
        let find = |part: &str| {
            let lo = condition.find(part).expect("a part of the condition") as u32;
            TextRange::new(lo, lo + part.len() as u32)
        };
        let parts: Vec<_> = parts.iter().map(|(p, v)| PartValue { range: find(p), text: (*v).to_owned() }).collect();
        diagram(condition, &parts)
    }

    #[test]
    fn each_value_stands_below_its_expression() {
        let shown = of(
            "count(cluster.etcd-members) % 2 == 1",
            &[
                ("cluster.etcd-members", "[master, worker-1]"),
                ("count(cluster.etcd-members)", "2"),
                ("2", "2"),
                ("count(cluster.etcd-members) % 2", "0"),
                ("count(cluster.etcd-members) % 2 == 1", "false"),
            ],
        );
        insta::assert_snapshot!(shown, @r"
        count(cluster.etcd-members) % 2 == 1
        │     │                     │   │
        2     [master, worker-1]    0   false
        ");
    }

    #[test]
    fn values_that_are_too_long_hang_lower() {
        let shown = of(
            "m.ip in lan.cidr",
            &[
                ("m", "machine.support"),
                ("m.ip", "10.69.51.10"),
                ("lan.cidr", "10.69.50.0/24"),
                ("m.ip in lan.cidr", "false"),
            ],
        );
        insta::assert_snapshot!(shown, @r"
        m.ip in lan.cidr
        │ │  │  │
        │ │  │  10.69.50.0/24
        │ │  false
        │ 10.69.51.10
        machine.support
        ");
    }

    #[test]
    fn a_condition_on_several_lines_is_shown_on_one() {
        let shown = of("a\n    and bb", &[("a", "true"), ("bb", "false"), ("a\n    and bb", "false")]);
        insta::assert_snapshot!(shown, @r"
        a and bb
        │ │   │
        │ │   false
        │ false
        true
        ");
    }

    #[test]
    fn odd_input_is_no_trouble() {
        assert_eq!(diagram("", &[]), "");
        let outside = PartValue { range: TextRange::new(2, 9), text: "x".into() };
        assert_eq!(diagram("åä", &[outside]), "åä");
        let long = PartValue { range: TextRange::new(0, 1), text: "v".repeat(500) };
        assert!(diagram("a", &[long]).ends_with("v…"));
        let wide = of("\"日本\" == x", &[("x", "\"é\"")]);
        insta::assert_snapshot!(wide, @r#"
        "日本" == x
                  │
                  "é"
        "#);
    }
}
