output "root_ca" {
  description = "Certificate of the site's root authority (PEM), for trust stores."
  value       = vault_pki_secret_backend_root_cert.root.certificate
}

output "issuer_ca" {
  description = "Certificate of each cluster's authority (PEM), by namespace."
  value       = { for name, signed in vault_pki_secret_backend_root_sign_intermediate.issuer : name => signed.certificate }
}

output "namespaces" {
  description = "Path of each namespace, by its name."
  value       = { for name, namespace in vault_namespace.namespace : name => namespace.path }
}

output "kv_mount" {
  description = "Where the KV store of each namespace is mounted."
  value       = var.kv_mount
}

output "pki_mount" {
  description = "Where the certificate authority of each cluster's namespace is mounted."
  value       = var.pki_mount
}
