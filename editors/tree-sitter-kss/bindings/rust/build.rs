//! Compiles the generated parser and its scanner.

fn main() {
    let root = std::path::Path::new("src");
    let mut build = cc::Build::new();
    build.std("c11").include(root).warnings(false);
    for file in ["parser.c", "scanner.c"] {
        let path = root.join(file);
        println!("cargo:rerun-if-changed={}", path.display());
        build.file(path);
    }
    build.compile("tree-sitter-kss");
}
