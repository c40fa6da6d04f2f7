; What sees names: a block, a function, and what iterates. Names of modules and kinds are found by the language server.

[
  (file)
  (block)
  (function)
  (for_statement)
  (list_for)
  (quantifier)
  (arm)
] @local.scope

(let name: (identifier) @local.definition.var)
(option name: (identifier) @local.definition.parameter)
(parameter name: (identifier) @local.definition.parameter)
(generator variable: (identifier) @local.definition.var)
(typed_pattern name: (identifier) @local.definition.var)
(bound field: (identifier) @local.definition.var !name)
(bound name: (identifier) @local.definition.var)
(function name: (identifier) @local.definition.function)
(type_declaration name: (identifier) @local.definition.type)

(type_identifier) @local.reference
(member_expression object: (identifier) @local.reference)
(call_expression function: (identifier) @local.reference)
(arguments (identifier) @local.reference)
(binary_expression (identifier) @local.reference)
(unary_expression (identifier) @local.reference)
(is_expression subject: (identifier) @local.reference)
(if_expression (identifier) @local.reference)
(generator source: (identifier) @local.reference)
(list (identifier) @local.reference)
(list_for body: (identifier) @local.reference)
(list_if (identifier) @local.reference)
(parenthesized (identifier) @local.reference)
(hole (identifier) @local.reference)
(element (identifier) @local.reference)
(field value: (identifier) @local.reference)
(let value: (identifier) @local.reference)
