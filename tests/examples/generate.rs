//! Writes a large site: `cargo run -p kss-tests --example generate -- FOLDER CLUSTERS`.

fn main() {
    let mut args = std::env::args().skip(1);
    let folder = args.next().expect("a folder");
    let clusters = args.next().and_then(|n| n.parse().ok()).expect("a number of clusters");
    kss_tests::generate::site(std::path::Path::new(&folder), clusters);
}
