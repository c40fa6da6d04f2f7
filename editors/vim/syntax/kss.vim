" Colours of .kss, for Vim, and for Neovim without the tree-sitter grammar.
"
" The words are those of the compiler; a test of editors/tree-sitter-kss writes them.
if exists('b:current_syntax')
  finish
endif

syntax iskeyword @,48-57,_,-
syntax sync minlines=200

" Words. None is reserved: before `=`, `:`, `.` and `{` each is a name.
" keywords: Declaration
syntax match kssDeclaration "\<\%(import\|site\|cluster\|module\|type\|fn\|capability\|intent\|output\|test\|let\|option\)\>\%(\s*\%([.:{]\|=[=>]\@!\)\)\@!"
" end
" keywords: Statement
syntax match kssStatement "\<\%(use\|needs\|provide\|tune\|each\|remove\|check\|covered\|ignore\|unchecked\|given\|expect\|fail\)\>\%(\s*\%([.:{]\|=[=>]\@!\)\)\@!"
" end
" keywords: Modifier
syntax match kssModifier "\<\%(shared\|optional\|private\|default\|override\|force\|append\)\>\%(\s*\%([.:{]\|=[=>]\@!\)\)\@!"
" end
" keywords: Control
syntax match kssControl "\<\%(if\|then\|else\|for\|match\|every\|some\|no\)\>\%(\s*\%([.:{]\|=[=>]\@!\)\)\@!"
" end
" keywords: Clause
syntax match kssClause "\<\%(where\|because\|by\|one\|per\|at\|most\|with\|code\|error\|containing\|owner\)\>\%(\s*\%([.:{]\|=[=>]\@!\)\)\@!"
" end
" keywords: Operator
syntax match kssWordOperator "\<\%(and\|or\|not\|in\|is\)\>\%(\s*\%([.:{]\|=[=>]\@!\)\)\@!"
" end
" keywords: Constant
syntax match kssConstant "\<\%(true\|false\|none\|null\)\>\%(\s*\%([.:{]\|=[=>]\@!\)\)\@!"
" end
" keywords: Type
syntax match kssWordType "\<\%(ref\|set\|Later\)\>\%(\s*\%([.:{]\|=[=>]\@!\)\)\@!"
" end

syntax match kssType "\<[A-Z][A-Za-z0-9]*\>"
syntax match kssCall "\<[a-z_][A-Za-z0-9_-]*\ze("
syntax match kssOperator "[-+*/%<>=!|?]"
syntax match kssDelimiter "[{}()\[\],:]"
syntax match kssField "\<[A-Za-z_][A-Za-z0-9_-]*\ze\s*=[=>]\@!"
syntax match kssField "\<[A-Za-z_][A-Za-z0-9_-]*\ze\s*:\%(\s\|$\)"
syntax match kssType "\%(\<type\s\+\)\@<=[A-Z][A-Za-z0-9]*"
syntax match kssMember "\.\@1<=[A-Za-z_][A-Za-z0-9_-]*"
syntax match kssSet "\%(^\|[{,]\)\@1<=\s*\zs[A-Za-z_][A-Za-z0-9_-]*\ze\s*{"
syntax match kssHead "\%(^\|[{,]\)\@1<=\s*\zs[a-z_][A-Za-z0-9_-]*\ze\s\+\S[^={}]*{" contains=@kssWords
syntax match kssName "\<[A-Za-z_][A-Za-z0-9_]*\%(-[A-Za-z0-9_]\+\)*-{\d\+\.\.\d\+}"

syntax match kssNumber "\<\d[0-9_]*\%(\.\d[0-9_]*\)\?\%([KMGT]\?i\?B\|ms\|s\|min\|h\|d\|w\|m\)\?\>%\?"
syntax match kssNumber "\<0[xX][0-9A-Fa-f_]\+\>"
syntax match kssNumber "\<\d\+\%(\.\.\d\+\)\?/\%(tcp\|udp\|sctp\)\>"
syntax match kssAddress "\<\d\+\.\d\+\.\d\+\.\d\+\%(/\d\+\|\.\.\d\+\.\d\+\.\d\+\.\d\+\)\?\>"
syntax match kssAddress "\<\x\x\%(:\x\x\)\{5}\>"
syntax match kssAddress "\<\%(\x\{1,4}:\)\+\%(:\x\{1,4}\)*:\?\x\{0,4}\%(/\d\+\)\?" contains=NONE
syntax match kssAddress "::\%(\x\{1,4}\%(:\x\{1,4}\)*\)\?\%(/\d\+\)\?"

syntax match kssEscape "\\[\"\\$nt]" contained
syntax match kssBlockEscape "\\[\"$]" contained
syntax region kssHole matchgroup=kssHoleMark start="\${" end="}\|$" contained contains=@kssCode keepend extend
syntax region kssText start=+"+ skip=+\\.+ end=+"\|$+ contains=kssEscape,kssHole
syntax region kssBlock start=+"""+ skip=+\\.+ end=+"""+ contains=kssBlockEscape,kssHole fold
syntax region kssRaw start=+'+ end=+'\|$+
syntax region kssRawBlock start=+'''+ end=+'''+ fold

syntax match kssComment "#.*$" contains=kssTodo,@Spell
syntax match kssDoc "##\%([^#].*\)\?$" contains=@Spell
syntax keyword kssTodo TODO FIXME XXX contained

syntax cluster kssWords contains=kssDeclaration,kssStatement,kssModifier,kssControl,kssClause,kssWordOperator,kssConstant,kssWordType
syntax cluster kssCode contains=@kssWords,kssType,kssCall,kssOperator,kssMember,kssNumber,kssAddress,kssText,kssRaw

highlight default link kssDeclaration Keyword
highlight default link kssStatement Statement
highlight default link kssModifier StorageClass
highlight default link kssControl Conditional
highlight default link kssClause Keyword
highlight default link kssWordOperator Operator
highlight default link kssConstant Constant
highlight default link kssWordType Type
highlight default link kssType Type
highlight default link kssCall Function
highlight default link kssOperator Operator
highlight default link kssDelimiter Delimiter
highlight default link kssField Identifier
highlight default link kssSet Identifier
highlight default link kssMember Identifier
highlight default link kssHead Type
highlight default link kssName Label
highlight default link kssNumber Number
highlight default link kssAddress Number
highlight default link kssEscape SpecialChar
highlight default link kssBlockEscape SpecialChar
highlight default link kssHoleMark Special
highlight default link kssText String
highlight default link kssBlock String
highlight default link kssRaw String
highlight default link kssRawBlock String
highlight default link kssComment Comment
highlight default link kssDoc SpecialComment
highlight default link kssTodo Todo

let b:current_syntax = 'kss'
