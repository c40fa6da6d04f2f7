//! Which paths a file of the tree may have.

/// The directory of the tree that `kssc` keeps its own books in.
pub const RESERVED: &str = ".kssc";

/// What file systems take as a part of a path.
const LONGEST_NAME: usize = 255;

/// Is `path` a path of an output tree, on every file system that a tree may be checked out on? Parts are joined by `/`. Says
/// what is wrong with it.
pub fn check_path(path: &str) -> Result<(), String> {
    if path.is_empty() {
        return Err("the path is empty".to_owned());
    }
    if path.starts_with('/') {
        return Err("an absolute path leaves the tree".to_owned());
    }
    for (at, name) in path.split('/').enumerate() {
        check_name(name)?;
        if at == 0 && name.eq_ignore_ascii_case(RESERVED) {
            return Err(format!("`{name}` belongs to the compiler"));
        }
    }
    Ok(())
}

fn check_name(name: &str) -> Result<(), String> {
    match name {
        "" => return Err("a part of the path is empty".to_owned()),
        "." => return Err("`.` names no file".to_owned()),
        ".." => return Err("`..` leaves the tree".to_owned()),
        _ => {}
    }
    if name.len() > LONGEST_NAME {
        return Err(format!("`{}…` is longer than {LONGEST_NAME} bytes", name.chars().take(32).collect::<String>()));
    }
    if let Some(c) = name.chars().find(|c| is_refused(*c)) {
        return Err(format!("the character {c:?} is no part of a file name everywhere"));
    }
    if name.ends_with(['.', ' ']) {
        return Err(format!("`{name}` ends with a stop or a blank, which Windows drops"));
    }
    if name.eq_ignore_ascii_case(".git") {
        return Err("`.git` belongs to Git".to_owned());
    }
    if is_device(name) {
        return Err(format!("`{name}` is a device on Windows"));
    }
    Ok(())
}

fn is_refused(c: char) -> bool {
    // U+2028 and the like end a line for some readers of lists of files.
    c.is_control() || matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*' | '\\' | '\u{2028}' | '\u{2029}' | '\u{feff}')
}

/// `con`, `NUL.txt`, `com1`: names that Windows gives to devices, whatever the extension.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_lowercase();
    if matches!(&*stem, "con" | "prn" | "aux" | "nul" | "conin$" | "conout$") {
        return true;
    }
    let number = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt"));
    number.is_some_and(|n| n.len() == 1 && n.bytes().all(|b| b.is_ascii_digit()) || matches!(n, "¹" | "²" | "³"))
}

/// The same for two names that a file system without case takes for one.
pub(crate) fn folded(path: &str) -> String {
    // Upper case first: `ß` and `ss`, `ı` and `i` meet in it, as they do in the tables of such file systems.
    path.to_uppercase().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_are_no_files_of_a_tree_are_refused() {
        let long = "a".repeat(256);
        let bad = [
            "",
            "/",
            "/etc/passwd",
            "a//b",
            "a/",
            "./a",
            "a/./b",
            "..",
            "a/../b",
            "a/..",
            ".kssc",
            ".KSSC/manifest.json",
            "a\\b",
            "c:/a",
            "a\nb",
            "a\0",
            "a\u{7f}",
            "a.",
            "a /b",
            "con",
            "a/NUL.yaml",
            "com1.txt",
            "lpt9",
            "COM¹",
            ".git",
            "a/.Git/hooks/post-checkout",
            "a?",
            "a*",
            "\u{2028}",
            &long,
        ];
        for path in bad {
            assert!(check_path(path).is_err(), "{path:?}");
        }
    }

    #[test]
    fn paths_of_the_tree_are_fine() {
        let good = [
            "flake.nix",
            "clusters/kcs/helm/cilium.yaml",
            ".sops.yaml",
            "a b",
            "a/.kssc",
            ".gitignore",
            "console",
            "com10",
            "commit",
            "größe.yaml",
            "charts/x-1.2.3+4.tgz",
            "a/...b",
            "@a",
            "a=b,c",
            "nix/l~1",
            "a'b",
            "(a)",
            "con-1/aux_x",
        ];
        for path in good {
            assert_eq!(check_path(path), Ok(()), "{path:?}");
        }
    }
}
