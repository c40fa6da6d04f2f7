//! Who wins, and fields that need each other.

use crate::harness::mistake;

#[test]
fn conflict() {
    mistake("conflict")
        .file(
            "policy.kss",
            "module small-volumes {\n  tune longhorn { replicas = 1 }\n}\nmodule safe-volumes {\n  tune longhorn { replicas = 3 }\n}\n",
        )
        .edit("kss.kss", "use longhorn { replicas = 2 }", "use longhorn\n  use small-volumes\n  use safe-volumes")
        .is_told_as("K0601");
}

#[test]
fn written_twice() {
    mistake("written-twice").add("kss.kss", "  tune longhorn { replicas = 3 }\n").is_told_as("K0601");
}

#[test]
fn beats_a_reason() {
    mistake("beats-a-reason")
        .edit("kcs.kss", "use cilium\n", "use cilium     { exclusive = true }\n")
        .is_told_as("K0602");
}

#[test]
fn field_cycle() {
    mistake("field-cycle")
        .add("kss.kss", "  node big   { ip = 10.69.50.40, memory = cluster.node.small.memory * 2 }\n  node small { ip = 10.69.50.41, memory = cluster.node.big.memory / 2 }\n")
        .is_told_as("K0403");
}
