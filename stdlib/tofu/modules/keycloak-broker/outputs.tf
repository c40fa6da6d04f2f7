output "realm" {
  description = "Name of the realm."
  value       = keycloak_realm.broker.realm
}

output "clients" {
  description = "Keycloak's own identifier of each client, by the client's."
  value       = { for id, client in keycloak_openid_client.client : id => client.id }
}

output "groups" {
  description = "Keycloak's identifier of each group, by name."
  value       = { for name, group in keycloak_group.group : name => group.id }
}
