output "realm" {
  description = "Name of the realm."
  value       = keycloak_realm.upstream.realm
}

output "first_passwords" {
  description = "First password of each person, to be changed at the first login; empty without a seed."
  sensitive   = true
  value       = local.has_password ? local.passwords : {}
}
