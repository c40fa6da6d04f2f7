" Indentation by open brackets; a line that goes on with the one before is one level deeper.
if exists('b:did_indent')
  finish
endif
let b:did_indent = 1

setlocal indentexpr=KssIndent() indentkeys=0},0],0),0\|,0=else,0=then,0=where,0=because,0=and,0=or,!^F,o,O
let b:undo_indent = 'setlocal indentexpr< indentkeys<'

if exists('*KssIndent')
  finish
endif

" The code of a line: without comments, and without what stands in texts.
function! s:Code(lnum) abort
  let code = substitute(getline(a:lnum), '"\([^"\\]\|\\.\)*"\|''[^'']*''', '""', 'g')
  return substitute(code, '\s*#.*$', '', '')
endfunction

" Is the cursor in a text or a comment?
function! s:InText() abort
  return synIDattr(synID(line('.'), col('.'), 1), 'name') =~# '^kss\(Text\|Block\|Raw\|RawBlock\|Comment\|Doc\)$'
endfunction

" The line of the bracket that is open before line `lnum`, or 0.
function! s:Open(lnum) abort
  let place = getcurpos()
  call cursor(a:lnum, 1)
  let open = searchpair('[{(\[]', '', '[})\]]', 'bnW', 's:InText()', max([1, a:lnum - 500]))
  call setpos('.', place)
  return open
endfunction

function! s:Continues(code) abort
  return a:code =~# '^\s*\(|\|?\?\.[A-Za-z]\|??\|\(and\|or\|then\|else\|where\|because\)\>\(\s*[=:.{]\)\@!\)'
endfunction

function! s:Dangles(code) abort
  return a:code =~# '\(=>\?\|->\|??\|[+*/%|<>]\|\<\(and\|or\|in\)\)\s*$'
endfunction

function! KssIndent() abort
  let before = prevnonblank(v:lnum - 1)
  if before == 0
    return 0
  endif
  " Inside of a text with lines nothing is known.
  if synIDattr(synID(v:lnum, 1, 1), 'name') =~# '^kss\(Raw\)\?Block$'
    return indent(v:lnum)
  endif
  let open = s:Open(v:lnum)
  if s:Code(v:lnum) =~# '^\s*[}\])]'
    return open > 0 ? indent(open) : 0
  endif
  while before > open && getline(before) =~# '^\s*#'
    let before = prevnonblank(before - 1)
  endwhile
  let indent = open > 0 ? indent(open) + shiftwidth() : 0
  let continues = s:Continues(s:Code(v:lnum)) || before > 0 && s:Dangles(s:Code(before))
  return indent + (continues ? shiftwidth() : 0)
endfunction
