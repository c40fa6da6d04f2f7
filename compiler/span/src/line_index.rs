//! From byte offsets to lines and columns, when somebody looks.

/// A position as people count: from 1, columns in characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct LineCol {
    /// Line, from 1.
    pub line: u32,
    /// Column in Unicode scalar values, from 1.
    pub column: u32,
}

/// Where the lines of a text begin.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// Reads `text` once. Lines end at `\n`; a `\r` before it belongs to the line.
    pub fn new(text: &str) -> LineIndex {
        let ends = text.bytes().enumerate().filter(|(_, c)| *c == b'\n').map(|(at, _)| at as u32 + 1);
        LineIndex { starts: std::iter::once(0).chain(ends).collect() }
    }

    /// Line (from 0) of byte `at`.
    pub fn line(&self, at: u32) -> u32 {
        self.starts.partition_point(|start| *start <= at) as u32 - 1
    }

    /// Byte at which `line` (from 0) begins; the end of the text behind the last one.
    pub fn start(&self, line: u32) -> Option<u32> {
        self.starts.get(line as usize).copied()
    }

    /// How many lines there are; at least one.
    pub fn lines(&self) -> u32 {
        self.starts.len() as u32
    }

    /// Position of byte `at` of `text`, which must be the text that was indexed.
    pub fn line_col(&self, text: &str, at: u32) -> LineCol {
        let line = self.line(at);
        let start = self.starts[line as usize] as usize;
        let end = floor_boundary(text, at as usize);
        LineCol { line: line + 1, column: text[start..end].chars().count() as u32 + 1 }
    }
}

fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let text = "ab\nåäö = 1\n";
        let index = LineIndex::new(text);
        let at = text.find('=').unwrap() as u32;
        assert_eq!(index.line_col(text, at), LineCol { line: 2, column: 5 });
        assert_eq!(index.line_col(text, text.len() as u32), LineCol { line: 3, column: 1 });
    }
}
