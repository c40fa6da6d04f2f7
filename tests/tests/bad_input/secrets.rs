//! Secrets and private data.

use crate::harness::mistake;

#[test]
fn secret_in_text() {
    mistake("secret-in-text")
        .file(
            "greeter.kss",
            "module greeter {\n  credential token { source = generated { length = 24 } }\n  \
             manifest ConfigMap greeter in kube-system {\n    data { TOKEN = credential.token }\n  }\n}\n",
        )
        .add("kss.kss", "  use greeter\n")
        .is_told_as("K0701");
}

#[test]
fn secret_in_message() {
    mistake("secret-in-message")
        .file(
            "greeter.kss",
            "module greeter {\n  credential token { source = generated { length = 24 } }\n  \
             let greeting : Text = \"hello ${credential.token}\"\n  manifest ConfigMap greeter in kube-system {\n    data { GREETING = greeting }\n  }\n}\n",
        )
        .add("kss.kss", "  use greeter\n")
        .is_told_as("K0701");
}

#[test]
fn private_decides() {
    mistake("private-decides")
        .edit(
            "kss.kss",
            "  use rke2 ",
            "  if site.contact == \"me@example.net\" {\n    namespace lab {}\n  }\n  use rke2 ",
        )
        .is_told_as("K0702");
}

#[test]
fn overlay_sets_public() {
    mistake("overlay-sets-public")
        .file(
            "homelab.private.kss",
            "overlay homelab {\n  domains { root = \"example.net\" }\n  git { branch = \"other\" }\n}\n",
        )
        .is_told_as("K0703");
}
