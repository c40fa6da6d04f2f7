((comment) @injection.content
  (#set! injection.language "comment"))

((doc_comment) @injection.content
  (#offset! @injection.content 0 2 0 0)
  (#set! injection.language "markdown_inline"))

; The pattern of `matches(text, "…")`.
((call_expression
  function: (identifier) @_function
  arguments: (arguments
    (_)
    (text (text_content) @injection.content)))
  (#eq? @_function "matches")
  (#set! injection.language "regex"))

; Queries of alerts and rules.
((field
  key: (path (identifier) @_key .)
  value: [
    (text (text_content) @injection.content)
    (text_block (text_content) @injection.content)
  ])
  (#eq? @_key "expr")
  (#set! injection.combined)
  (#set! injection.language "promql"))
