[
  (block)
  (record)
  (list)
  (arguments)
  (parameters)
  (parenthesized)
  (match_statement)
  (match_expression)
  (case_pattern)
  (map_type)
  (list_type)
] @indent.begin

[
  "}"
  ")"
  "]"
] @indent.branch @indent.end

[
  (comment)
  (doc_comment)
  (text_block)
  (raw_text)
] @indent.auto
