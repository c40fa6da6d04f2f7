//! Texts of other people on a terminal.

/// `text` without characters that move the cursor, colour the screen or turn the reading direction: each becomes one
/// visible character, so columns stay. Tabs and line feeds stay.
pub(crate) fn clean(text: &str) -> String {
    text.chars().map(|c| if matches!(c, '\n' | '\t') { c } else { visible(c) }).collect()
}

/// [`clean`] on one line: what follows a line feed is joined by a blank.
pub(crate) fn clean_line(text: &str) -> String {
    let joined = text.split('\n').map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
    clean(&joined)
}

/// One character to show in the place of `c`.
pub(crate) fn visible(c: char) -> char {
    match c {
        '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + c as u32).unwrap_or('�'),
        '\u{7f}' => '␡',
        '\u{80}'..='\u{9f}' => '�',
        // The terminal renderer marks places in its drawing with these.
        '\u{e000}' | '\u{e001}' => '�',
        // Directional marks and line separators: what is shown would not be what is read.
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}' => '�',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_controls_the_terminal() {
        assert_eq!(clean("a\u{1b}[31mb\u{202e}c\r\n\td"), "a␛[31mb�c␍\n\td");
        assert_eq!(clean_line(" one\n\n  two "), "one two");
    }
}
