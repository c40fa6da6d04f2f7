output "projects" {
  description = "Number of each project in the registry's API, by name."
  value       = { for name, project in harbor_project.project : name => project.project_id }
}

output "push_user" {
  description = "Name of the robot that may push, as it logs in."
  value       = harbor_robot_account.push.full_name
}
