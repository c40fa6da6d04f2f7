" Tests of the Vim files. `test` beside it runs them; what they say goes to $KSS_RESULT.
set nocompatible nomore
let s:here = expand('<sfile>:p:h')
execute 'set runtimepath^=' . fnameescape(s:here)
filetype plugin indent on
syntax on

let s:passed = 0
let s:failed = []

function! s:Is(what, wanted, found) abort
  if a:wanted ==# a:found
    let s:passed += 1
  else
    call add(s:failed, a:what . ': wanted ' . string(a:wanted) . ', found ' . string(a:found))
  endif
endfunction

function! s:Group(lnum, part) abort
  let col = stridx(getline(a:lnum), a:part) + 1
  return synIDattr(synID(a:lnum, col, 1), 'name')
endfunction

function! s:Open(lines) abort
  enew!
  call setline(1, a:lines)
  setfiletype kss
  syntax sync fromstart
endfunction

" Colours
call s:Open([
  \ 'for = 5min # why',
  \ 'for x in xs { a = true }',
  \ 'use { b = 1 }',
  \ 'use canal',
  \ '## doc',
  \ 'c = "d ${e.f} \n" + 10.0.0.1',
  \ 'type Port = Int where it in 1..65535',
  \ 'g = x.owner',
  \ 'h = """',
  \ '  "i" # j',
  \ '  """',
  \ 'k = l',
  \ 'node worker-{1..3} { ip = lan.host(1) }'])
for [lnum, part, group] in [
  \ [1, 'for', 'kssField'], [1, '5min', 'kssNumber'], [1, '# why', 'kssComment'],
  \ [2, 'for', 'kssControl'], [2, 'in', 'kssWordOperator'], [2, 'true', 'kssConstant'],
  \ [3, 'use', 'kssSet'], [4, 'use', 'kssStatement'], [5, '## doc', 'kssDoc'],
  \ [6, 'd', 'kssText'], [6, '${', 'kssHoleMark'], [6, '\n', 'kssEscape'], [6, '10', 'kssAddress'],
  \ [7, 'type', 'kssDeclaration'], [7, 'Port', 'kssType'], [7, 'where', 'kssClause'],
  \ [8, 'owner', 'kssMember'], [10, '# j', 'kssBlock'], [12, 'k', 'kssField'],
  \ [13, 'node', 'kssHead'], [13, 'worker', 'kssName'], [13, 'host', 'kssMember']]
  call s:Is(lnum . ' ' . part, group, s:Group(lnum, part))
endfor

" Files are known by their name, and `-` belongs to names.
execute 'edit ' . fnameescape(s:here . '/../../clusters/kcs.kss')
call s:Is('the file type', 'kss', &filetype)
call s:Is('a name', 'cilium-bgp', matchstr('use cilium-bgp {', '\k\+', 4))
call s:Is('comments', '# %s', &commentstring)

" Indentation of the library stays, but for a few lines that are aligned by hand.
let s:all = 0
let s:wrong = []
for s:file in glob(s:here . '/../../stdlib/core/*.kss', 0, 1) + glob(s:here . '/../../clusters/*.kss', 0, 1)
  execute 'edit! ' . fnameescape(s:file)
  for s:lnum in range(1, line('$'))
    if getline(s:lnum) =~# '^\s*\(#.*\)\?$'
      continue
    endif
    let s:all += 1
    let v:lnum = s:lnum
    if KssIndent() != indent(s:lnum)
      call add(s:wrong, fnamemodify(s:file, ':t') . ':' . s:lnum . ': ' . KssIndent())
    endif
  endfor
endfor
call s:Is('enough lines', 1, s:all > 1000)
call s:Is('indentation of ' . len(s:wrong) . ' of ' . s:all . ' lines: ' . join(s:wrong[:10], ' '), 1, len(s:wrong) * 50 < s:all)

call writefile(map(copy(s:failed), '"FAILED " . v:val') + ['vim: ' . s:passed . ' passed, ' . len(s:failed) . ' failed'], $KSS_RESULT)
execute empty(s:failed) ? 'qall!' : 'cquit!'
