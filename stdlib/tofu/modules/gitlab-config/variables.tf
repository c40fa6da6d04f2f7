variable "group" {
  type        = string
  description = "Group that owns the repository of the site."
}

variable "project" {
  type        = string
  description = "Repository of the site."
}

variable "apps_group" {
  type        = string
  description = "Group whose repositories are apps."
  validation {
    condition     = var.apps_group != var.group
    error_message = "Apps need a group of their own: who may push an app could push the site's configuration."
  }
}

variable "email_domain" {
  type        = string
  description = "Domain of the mail addresses of accounts that are no people."
}

variable "argocd_key" {
  type        = string
  default     = null
  description = "Public key (OpenSSH) with which ArgoCD reads repositories. Without one, as long as the lock has none, it can't."
}

variable "admin_ssh_key" {
  type        = string
  default     = null
  description = "Public key (OpenSSH) of who works on the site; it pushes as the account of the API token."
}

variable "registry_host" {
  type        = string
  default     = null
  description = "Host of the registry that CI pushes images to."
}

variable "registry_push" {
  type = object({
    user     = string
    password = string
  })
  default     = null
  sensitive   = true
  description = "The registry's robot that may push."
  validation {
    condition     = (var.registry_push == null) == (var.registry_host == null)
    error_message = "The registry that CI pushes to needs both its host and a login."
  }
}
