-- The real server in Neovim: `test` runs it where $KSSC names the compiler.
local here = vim.fn.fnamemodify(debug.getinfo(1, 'S').source:sub(2), ':p:h')
vim.opt.runtimepath:prepend(here)
vim.cmd('filetype plugin indent on')
dofile(here .. '/ftdetect/kss.lua')

local passed, failed = 0, {}
local function is(what, wanted, found)
  if vim.deep_equal(wanted, found) then
    passed = passed + 1
  else
    table.insert(failed, ('%s: wanted %s, found %s'):format(what, vim.inspect(wanted), vim.inspect(found)))
  end
end

require('kss').setup({ cmd = { vim.env.KSSC, 'lsp' } })
dofile(here .. '/plugin/kss.lua')
if vim.lsp.enable then
  vim.lsp.enable('kss')
end

-- A project of its own: nothing of the repository is changed.
local folder = vim.fn.tempname()
vim.fn.mkdir(folder .. '/clusters', 'p')
for _, name in ipairs({ 'homelab.kss', 'kcs.kss', 'kss.kss' }) do
  vim.uv.fs_copyfile(here .. '/../../clusters/' .. name, folder .. '/clusters/' .. name)
end
vim.fn.mkdir(folder .. '/.git')
vim.cmd.edit(folder .. '/clusters/kss.kss')

local function wait(what, done)
  is(what, true, (vim.wait(60000, done, 50)))
end

local get = vim.lsp.get_clients
wait('the server starts', function()
  local client = get({ name = 'kss', bufnr = 0 })[1]
  return client ~= nil and client.initialized == true
end)

local function line_of(part)
  for number, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do
    local column = line:find(part, 1, true)
    if column then
      return number, column - 1
    end
  end
  error('no line has ' .. part)
end

-- Errors follow the text.
local number = line_of('  use canal')
vim.api.nvim_buf_set_lines(0, number - 1, number, false, { '  use canals' })
wait('a mistake is shown', function()
  return #vim.diagnostic.get(0) > 0
end)
local error_ = vim.diagnostic.get(0)[1] or {}
is('on its line', number - 1, error_.lnum)
vim.api.nvim_buf_set_lines(0, number - 1, number, false, { '  use canal' })
wait('and goes with it', function()
  return #vim.diagnostic.get(0) == 0
end)

-- Definitions
local row, column = line_of('lan.host')
vim.api.nvim_win_set_cursor(0, { row, column })
local found = vim.lsp.buf_request_sync(0, 'textDocument/definition', vim.lsp.util.make_position_params(0, 'utf-16'), 60000)
local place = found and select(2, next(found)) or {}
is('a definition', true, place.result ~= nil and next(place.result) ~= nil)

-- Why, and outputs
row, column = line_of('memory = 10GiB')
vim.api.nvim_win_set_cursor(0, { row, column })
local float
vim.cmd.KssWhy()
wait('why is answered', function()
  float = vim.iter(vim.api.nvim_list_wins()):find(function(window)
    return vim.api.nvim_win_get_config(window).relative ~= ''
  end)
  return float ~= nil
end)
local told = float and table.concat(vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(float), 0, -1, false), '\n') or ''
is('with the value', true, told:find('10', 1, true) ~= nil and told:find('kss.kss', 1, true) ~= nil)

row, column = line_of('cluster kss')
vim.api.nvim_win_set_cursor(0, { row, column + 8 })
vim.ui.select = function(items, options, choose)
  for _, item in ipairs(items) do
    if options.format_item(item):find('canal', 1, true) then
      return choose(item)
    end
  end
  choose(items[1])
end
vim.cmd.KssOutputs()
wait('an output is shown', function()
  return vim.b.kss_output ~= nil
end)
is('with text', true, #vim.api.nvim_buf_get_lines(0, 0, -1, false) > 3)

for _, line in ipairs(failed) do
  io.stdout:write('FAILED ' .. line .. '\n')
end
io.stdout:write(('neovim with the server: %d passed, %d failed\n'):format(passed, #failed))
os.exit(#failed == 0 and 0 or 1)
