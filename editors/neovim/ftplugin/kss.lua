-- What holds for every .kss buffer.
vim.bo.comments = ':##,:#'
vim.bo.commentstring = '# %s'
vim.bo.expandtab = true
vim.bo.shiftwidth = 2
vim.bo.softtabstop = 2
vim.bo.suffixesadd = '.kss'
vim.opt_local.iskeyword:append('-')

-- With the parser (`build` beside this file makes it) the tree colours; without it the file syntax/kss.vim does.
if pcall(vim.treesitter.start) then
  vim.wo.foldmethod = 'expr'
  vim.wo.foldexpr = 'v:lua.vim.treesitter.foldexpr()'
  vim.wo.foldlevel = 99
end
