[
  (block)
  (list)
  (arguments)
  (parameters)
  (parenthesized)
  (match_statement)
  (match_expression)
] @indent

[
  "}"
  "]"
  ")"
] @outdent
