use crate::testing::Fixture;

fn labels(text: &str) -> Vec<String> {
    let fixture = Fixture::new(text);
    fixture.analysis().completions(fixture.at()).into_iter().map(|c| c.label).collect()
}

#[test]
fn debug_foreign() {
    for text in [
        "module m for machine {\n  nixos { security.$0 }\n}\n",
        "module m for machine {\n  nixos {\n security.$0",
        "module m {\n  manifest Deployment a in b { spec { selector.$0 } } }\n",
        "module m {\n  manifest Deployment a in b { spec { template { spec { containers = [{ $0 }] } } } } }\n",
        "module loki {\n helm loki { chart { repo = \"https://grafana.github.io/helm-charts\", name = \"loki\", version = \"1\" }\n values { lokiCanary.$0 } } }\n",
    ] {
        let found = labels(text);
        println!("{text}: {} {:?}", found.len(), found.iter().take(30).collect::<Vec<_>>());
    }
}
