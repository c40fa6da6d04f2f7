output "services" {
  description = "The controller's identifier of each service, by name."
  value       = { for name, service in ziti_service.service : name => service.id }
}

output "router_jwts" {
  description = "Token with which each cluster's router enrols, by cluster; null once it did."
  sensitive   = true
  value       = { for name, router in ziti_edge_router.cluster : name => router.enrollment_token }
}

output "device_jwts" {
  description = "Token with which each device enrols, by name; null once it did."
  sensitive   = true
  value       = { for name, device in ziti_identity.device : name => device.enrollment_token }
}
