; Colours, with the names that Zed uses.

(comment) @comment
(doc_comment) @comment.doc

(text ["\""] @string)
(text_block ["\"\"\""] @string)
(text_content) @string
(raw_text) @string
(escape_sequence) @string.escape
(hole
  "${" @punctuation.special
  "}" @punctuation.special)

[
  (integer)
  (percent)
  (size)
  (duration)
  (cpu)
  (port)
  (range)
] @number
(float) @number
[
  (ip)
  (cidr)
  (ip_range)
  (mac)
] @number

(import path: (identifier) @constant)
(import name: (identifier) @type)
(site name: (identifier) @constant)
(cluster name: (identifier) @constant)
(cluster site: (identifier) @constant)
(module name: (identifier) @constant)
(use name: (identifier) @constant)
(remove name: (identifier) @constant)
(capability name: (identifier) @type)
(capability fallback: (identifier) @constant)
(kind name: (identifier) @type)
(needs capability: (names (identifier) @type))
(provide capability: (identifier) @type)
(type_declaration name: (identifier) @type)
(type_identifier) @type
(ref_type kind: (identifier) @type)
(case name: (identifier) @variant)
(case_pattern name: (identifier) @variant)
(construct type: (identifier) @constructor)
(entry kind: (identifier) @type)
(entry name: (identifier) @label)
(range_name) @label
(each kind: (identifier) @type)
(function name: (identifier) @function)
(parameter name: (identifier) @variable.special)
(option name: (identifier) @variable.special)
(let name: (identifier) @variable)
(generator variable: (identifier) @variable)
(field key: (path (identifier) @property))
(call_expression function: (identifier) @function)
(call_expression function: (member_expression property: (identifier) @function))
(member_expression property: (identifier) @property)

[
  "+" "-" "*" "/" "%"
  "==" "!=" "<" "<=" ">" ">="
  "??" "=" "=>" "->" "?" "|" ".."
] @operator
["{" "}" "(" ")" "[" "]"] @punctuation.bracket
["," "." "?." ":"] @punctuation.delimiter

; keywords: Declaration
[
  "import" "site" "cluster" "module" "type" "fn" "capability" "intent" "output" "test" "let" "option"
]
; end
@keyword

; keywords: Statement
[
  "use" "needs" "provide" "tune" "each" "remove" "check" "covered" "ignore" "unchecked" "given"
  "expect" "fail"
]
; end
@keyword

; keywords: Modifier
[
  "shared" "optional" "private" "default" "override" "force" "append"
]
; end
@keyword

; keywords: Control
[
  "if" "then" "else" "for" "match" "every" "some" "no"
]
; end
@keyword

; keywords: Clause
[
  "where" "because" "by" "one" "per" "at" "most" "with" "code" "error" "containing" "owner"
]
; end
@keyword

; keywords: Operator
[
  "and" "or" "not" "in" "is"
]
; end
@keyword

; keywords: Constant
[
  "true" "false" "none" "null"
]
; end
@constant

; keywords: Type
[
  "ref" "set" "Later"
]
; end
@keyword
