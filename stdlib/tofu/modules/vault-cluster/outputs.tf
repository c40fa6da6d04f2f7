output "auth_mount" {
  description = "Where the cluster logs in: path of the auth method."
  value       = vault_auth_backend.kubernetes.path
}

output "policies" {
  description = "Names of the policies."
  value       = sort([for policy in vault_policy.policy : policy.name])
}

output "pki_role" {
  description = "Path that certificates are issued at."
  value       = "${vault_pki_secret_backend_role.internal.backend}/issue/${vault_pki_secret_backend_role.internal.name}"
}
