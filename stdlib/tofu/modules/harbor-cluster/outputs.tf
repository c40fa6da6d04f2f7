output "project" {
  description = "Name of the cluster's project."
  value       = harbor_project.cluster.name
}

output "pull_user" {
  description = "Name of the robot that may pull, as it logs in."
  value       = harbor_robot_account.pull.full_name
}
