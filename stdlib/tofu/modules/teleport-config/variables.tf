variable "clusters" {
  type        = set(string)
  description = "Names of the clusters that join."
}

variable "tokens" {
  type        = map(string)
  sensitive   = true
  description = "By cluster, the token with which its agent joins."
  validation {
    condition     = alltrue([for name in var.clusters : contains(keys(var.tokens), name)])
    error_message = "A cluster of `clusters` has no token in `tokens`."
  }
  validation {
    condition     = alltrue([for token in values(var.tokens) : length(token) >= 16])
    error_message = "A join token is all that an agent has to show: it needs 16 characters or more."
  }
}
