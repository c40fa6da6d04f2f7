output "roles" {
  description = "Roles for people."
  value       = [teleport_role.kube_admin.metadata.name, teleport_role.kube_viewer.metadata.name]
}
