-- What the picture of an editor session shows: a hover with the value in each cluster, a mistake with its message, hints.
local root = vim.env.KSS_ROOT
vim.o.termguicolors = true
vim.o.number = true
vim.o.signcolumn = 'yes'
vim.o.showmode = false
vim.o.ruler = false
vim.o.laststatus = 2
vim.o.statusline = ' %f  %=kssc lsp '
vim.o.shortmess = vim.o.shortmess .. 'FI'
vim.cmd.colorscheme('habamax')
vim.api.nvim_set_hl(0, 'FloatBorder', { fg = '#767676', bg = '#262626' })
vim.api.nvim_set_hl(0, 'NormalFloat', { fg = '#bcbcbc', bg = '#262626' })
vim.opt.runtimepath:prepend(root .. '/editors/neovim')
vim.cmd('filetype plugin indent on')
dofile(root .. '/editors/neovim/ftdetect/kss.lua')
require('kss').setup({ cmd = { vim.env.KSSC, 'lsp' } })
dofile(root .. '/editors/neovim/plugin/kss.lua')
if vim.lsp.enable then
  vim.lsp.enable('kss')
end
vim.lsp.handlers['textDocument/hover'] = vim.lsp.with(vim.lsp.handlers.hover, { border = 'rounded', max_width = 80 })
vim.diagnostic.config({ virtual_text = true, float = { border = 'rounded' } })

local function line_of(part)
  for number, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do
    local column = line:find(part, 1, true)
    if column then
      return number, column - 1
    end
  end
  error('no line has ' .. part)
end

local function ready()
  local client = vim.lsp.get_clients({ name = 'kss', bufnr = 0 })[1]
  return client ~= nil and client.initialized == true
end

vim.cmd.edit('clusters/kcs.kss')
vim.wait(60000, ready, 50)
vim.lsp.inlay_hint.enable(true)
-- A mistake that only the schema of the chart knows.
local last = vim.api.nvim_buf_line_count(0)
vim.api.nvim_buf_set_lines(0, last - 1, last - 1, false, {
  '',
  '  tune helm tempo { values.replica = 2 }',
})
vim.wait(60000, function()
  return #vim.diagnostic.get(0) > 0
end, 50)
local number, column = line_of(vim.env.KSS_HOVER or 'memory = 14GiB')
vim.api.nvim_win_set_cursor(0, { number, column + 5 })
-- Behind the script, where the move of the cursor is over: it would close the window again.
vim.defer_fn(function()
  vim.lsp.buf.hover()
end, 1500)
vim.defer_fn(function()
  vim.fn.writefile({ 'ready' }, vim.env.KSS_READY)
end, 4500)
