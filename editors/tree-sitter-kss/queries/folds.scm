[
  (block)
  (list)
  (arguments)
  (parameters)
  (match_statement)
  (match_expression)
  (text_block)
  (raw_text)
] @fold

(import)+ @fold
