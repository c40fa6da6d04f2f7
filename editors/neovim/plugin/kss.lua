-- Commands, and the server for Neovim before 0.11. Newer ones start it by `vim.lsp.enable('kss')`.
if vim.g.loaded_kss then
  return
end
vim.g.loaded_kss = true

local kss = require('kss')

local function command(name, action, description)
  vim.api.nvim_create_user_command(name, function()
    action()
  end, { desc = description })
end
command('KssWhy', kss.why, 'where the value at the cursor comes from')
command('KssSource', kss.source, 'from a line of an output to its source')
command('KssGenerated', kss.generated, 'from source to the line of the output')
command('KssOutputs', kss.outputs, 'files that the cursor leads to, as written now')
command('KssRestart', kss.restart, 'start the server anew')
kss.lenses()

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
