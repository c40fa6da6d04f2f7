autocmd BufNewFile,BufRead *.kss setfiletype kss
