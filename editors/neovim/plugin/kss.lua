-- Commands, and the server for Neovim before 0.11. Newer ones start it by `vim.lsp.enable('kss')`.
if vim.g.loaded_kss then
  return
end
vim.g.loaded_kss = true

local kss = require('kss')

vim.api.nvim_create_user_command('KssWhy', kss.why, { desc = 'where the value at the cursor comes from' })
vim.api.nvim_create_user_command('KssSource', kss.source, { desc = 'from a line of an output to its source' })
vim.api.nvim_create_user_command('KssOutputs', kss.outputs, { desc = 'files that this one leads to, as written now' })
vim.api.nvim_create_user_command('KssRestart', kss.restart, { desc = 'start the server anew' })

if not vim.lsp.enable then
  vim.api.nvim_create_autocmd('FileType', {
    pattern = 'kss',
    group = vim.api.nvim_create_augroup('kss', {}),
    callback = function(event)
      if vim.g.kss_server ~= false then
        kss.start(event.buf)
      end
    end,
  })
end
