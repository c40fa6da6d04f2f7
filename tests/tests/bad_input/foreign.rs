//! Charts, NixOS options, files.

use crate::harness::mistake;

#[test]
fn unknown_helm_key() {
    mistake("unknown-helm-key")
        .edit("kcs.kss", "values.loki.limits_config", "values.loki.limit_config")
        .is_told_as("K0801");
}

#[test]
fn misplaced_helm_key() {
    mistake("misplaced-helm-key")
        .edit(
            "kcs.kss",
            "tune helm loki { values.loki.limits_config.retention_period = 60d }",
            "tune helm loki { values.limits_config.retention_period = 60d }",
        )
        .is_told_as("K0801");
}

#[test]
fn wrong_helm_type() {
    mistake("wrong-helm-type")
        .edit("kcs.kss", "values.loki.limits_config.retention_period = 60d", "values.loki.auth_enabled = \"no\"")
        .is_told_as("K0802");
}

#[test]
fn unknown_nixos_option() {
    mistake("unknown-nixos-option")
        .edit("homelab.kss", "use nixos\n", "use nixos\n    nixos { services.openssh.enabel = true }\n")
        .is_told_as("K0804");
}

#[test]
fn wrong_nixos_type() {
    mistake("wrong-nixos-type")
        .edit("homelab.kss", "use nixos\n", "use nixos\n    nixos { services.openssh.ports = \"22\" }\n")
        .is_told_as("K0802");
}

#[test]
fn missing_asset() {
    mistake("missing-asset")
        .edit("homelab.kss", "use nixos\n", "use nixos\n    nixos { environment.etc.motd.text = file(\"motd.txt\") }\n")
        .is_told_as("K0104");
}

#[test]
fn kind_of_several_groups() {
    mistake("kind-of-several-groups")
        .file(
            "web.kss",
            "module web {\n  phase = apps\n  namespace web {}\n  manifest Gateway web in web { spec {} }\n}\n",
        )
        .add("kss.kss", "  use web\n")
        .is_told_as("K0405");
}

#[test]
fn unknown_kind() {
    mistake("unknown-kind")
        .file(
            "web.kss",
            "module web {\n  phase = apps\n  namespace web {}\n  manifest Widget web in web { size = 3 }\n}\n",
        )
        .add("kss.kss", "  use web\n")
        .is_told_as("K0803");
}
