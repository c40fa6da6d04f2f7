//! Speed of the parser: `cargo bench -p kss-syntax`. Files of the repository if there are any, beside the texts below.

use kss_span::FileId;
use std::time::Instant;

fn main() {
    let dense: String = (0..).map(|i| format!("a{i} {{ b = 1, c = \"x\", d = 10.0.0.1 }}\n")).take(28_000).collect();
    report("dense", &dense);
    let library = include_str!("../tests/corpus/cluster.kss").repeat(400);
    report("library style", &library);
    let broken: String = (0..).map(|i| format!("a{i} {{ b = , c = \"x, d 10.0.0.1 }}\n")).take(28_000).collect();
    report("an error in every line", &broken);
    report("unclosed at the top", &format!("x {{\n{dense}"));
}

#[allow(clippy::print_stdout)]
fn report(title: &str, text: &str) {
    let mut best = f64::MAX;
    let mut lex = f64::MAX;
    for _ in 0..7 {
        let start = Instant::now();
        std::hint::black_box(kss_syntax::lex(text));
        lex = lex.min(start.elapsed().as_secs_f64());
        let start = Instant::now();
        let parsed = std::hint::black_box(kss_syntax::parse(FileId(0), text));
        best = best.min(start.elapsed().as_secs_f64());
        drop(parsed);
    }
    let size = text.len() as f64 / 1e6;
    println!("{title}: {size:.2} MB, {:.1} MB/s (tokens alone {:.0} MB/s)", size / best, size / lex);
}
