# Namespaces of the secret store with their KV stores, and the site's certificate authorities: one root, and one that it signed
# for each cluster. Private keys of authorities never leave the store. Values of secrets are not written here: they would stand
# in the state.

locals {
  issuers = setsubtract(var.namespaces, var.plain_namespaces)
}

# ── Root ──
resource "vault_mount" "pki" {
  path                  = "pki"
  type                  = "pki"
  description           = "Root certificate authority of the site"
  max_lease_ttl_seconds = var.root_ttl
}

resource "vault_pki_secret_backend_config_urls" "root" {
  backend                 = vault_mount.pki.path
  issuing_certificates    = ["https://${var.vault_fqdn}/v1/${vault_mount.pki.path}/ca"]
  crl_distribution_points = ["https://${var.vault_fqdn}/v1/${vault_mount.pki.path}/crl"]
}

resource "vault_pki_secret_backend_root_cert" "root" {
  backend      = vault_mount.pki.path
  type         = "internal"
  issuer_name  = "root"
  common_name  = "Root CA"
  organization = var.vault_fqdn
  ttl          = tostring(var.root_ttl)
  key_type     = "ec"
  key_bits     = 384

  # The addresses stand in the certificate.
  depends_on = [vault_pki_secret_backend_config_urls.root]

  lifecycle {
    # Every machine of the site trusts it; a new one has to be meant.
    prevent_destroy = true
  }
}

# ── Namespaces ──
resource "vault_namespace" "namespace" {
  for_each = var.namespaces
  path     = each.key
}

resource "vault_mount" "kv" {
  for_each    = var.namespaces
  namespace   = vault_namespace.namespace[each.key].path
  path        = var.kv_mount
  type        = "kv"
  description = "Secrets of ${each.key}"
  options     = { version = "2" }
}

# ── Authorities of the clusters ──
# They are made here and not in the environment of each cluster: only from the root's namespace the root can be asked to sign.
resource "vault_mount" "issuer" {
  for_each              = local.issuers
  namespace             = vault_namespace.namespace[each.key].path
  path                  = var.pki_mount
  type                  = "pki"
  description           = "Certificate authority of ${each.key}"
  max_lease_ttl_seconds = var.issuer_ttl
}

resource "vault_pki_secret_backend_config_urls" "issuer" {
  for_each                = local.issuers
  namespace               = vault_namespace.namespace[each.key].path
  backend                 = vault_mount.issuer[each.key].path
  issuing_certificates    = ["https://${var.vault_fqdn}/v1/${each.key}/${var.pki_mount}/ca"]
  crl_distribution_points = ["https://${var.vault_fqdn}/v1/${each.key}/${var.pki_mount}/crl"]
}

resource "vault_pki_secret_backend_intermediate_cert_request" "issuer" {
  for_each     = local.issuers
  namespace    = vault_namespace.namespace[each.key].path
  backend      = vault_mount.issuer[each.key].path
  type         = "internal"
  common_name  = "CA of ${each.key}"
  organization = var.vault_fqdn
  key_type     = "ec"
  key_bits     = 384
}

resource "vault_pki_secret_backend_root_sign_intermediate" "issuer" {
  for_each     = local.issuers
  backend      = vault_mount.pki.path
  issuer_ref   = vault_pki_secret_backend_root_cert.root.issuer_id
  csr          = vault_pki_secret_backend_intermediate_cert_request.issuer[each.key].csr
  common_name  = "CA of ${each.key}"
  organization = var.vault_fqdn
  format       = "pem"
  ttl          = tostring(var.issuer_ttl)
  revoke       = true
}

resource "vault_pki_secret_backend_intermediate_set_signed" "issuer" {
  for_each  = local.issuers
  namespace = vault_namespace.namespace[each.key].path
  backend   = vault_mount.issuer[each.key].path
  # With the root behind it, so that what the authority issues comes with its whole chain.
  certificate = vault_pki_secret_backend_root_sign_intermediate.issuer[each.key].certificate_bundle
}
