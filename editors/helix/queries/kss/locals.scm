[
  (block)
  (function)
  (for_statement)
  (list_for)
  (quantifier)
  (arm)
] @local.scope

(parameter name: (identifier) @local.definition.variable.parameter)
(option name: (identifier) @local.definition.variable.parameter)

(member_expression object: (identifier) @local.reference)
(arguments (identifier) @local.reference)
(binary_expression (identifier) @local.reference)
(field value: (identifier) @local.reference)
(hole (identifier) @local.reference)
