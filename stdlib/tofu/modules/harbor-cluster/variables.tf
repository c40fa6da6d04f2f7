variable "cluster_name" {
  type        = string
  description = "Name of the cluster; its project is called the same."
  validation {
    condition     = can(regex("^[a-z0-9]+([._-][a-z0-9]+)*$", var.cluster_name))
    error_message = "The name of a project is made of lower case letters and digits, with single dots, dashes or underscores in between."
  }
}

variable "pull_secret" {
  type        = string
  sensitive   = true
  description = "Secret of the robot that may pull."
}

variable "scan" {
  type        = bool
  default     = true
  description = "Scan what is pushed for known vulnerabilities."
}
