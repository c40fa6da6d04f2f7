output "group_id" {
  description = "Number of the group that owns the repository of the site."
  value       = gitlab_group.site.id
}

output "apps_group_id" {
  description = "Number of the group whose repositories are apps."
  value       = gitlab_group.apps.id
}

output "project_id" {
  description = "Number of the repository of the site."
  value       = gitlab_project.site.id
}

output "project_url" {
  description = "Page of the repository of the site."
  value       = gitlab_project.site.web_url
}

output "ssh_url" {
  description = "Address of the repository of the site for git over SSH."
  value       = gitlab_project.site.ssh_url_to_repo
}

output "argocd_user_id" {
  description = "Number of the account that ArgoCD reads with."
  value       = gitlab_user.argocd.id
}
