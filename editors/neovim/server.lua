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
for _, name in ipairs({ 'apps.kss', 'homelab.kss', 'kcs.kss', 'kss.kss' }) do
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
local correct = vim.api.nvim_buf_get_lines(0, number - 1, number, false)[1]
vim.api.nvim_buf_set_lines(0, number - 1, number, false, { '  use canals' })
wait('a mistake is shown', function()
  return #vim.diagnostic.get(0) > 0
end)
local error_ = vim.diagnostic.get(0)[1] or {}
is('on its line', number - 1, error_.lnum)
vim.api.nvim_buf_set_lines(0, number - 1, number, false, { correct })
wait('and goes with it', function()
  return #vim.diagnostic.get(0) == 0
end)

-- Asks for what stands at `column` of `row`, as the editor's own commands do.
local function ask(method, row, column, more)
  vim.api.nvim_win_set_cursor(0, { row, column })
  local client = get({ name = 'kss', bufnr = 0 })[1]
  local params = vim.lsp.util.make_position_params(0, client.offset_encoding)
  local answers = vim.lsp.buf_request_sync(0, method, vim.tbl_extend('force', params, more or {}), 60000)
  local answer = answers and select(2, next(answers)) or {}
  return answer.result
end

local function edited(number, lines)
  vim.api.nvim_buf_set_lines(0, number - 1, number, false, lines)
end

-- Definitions
local row, column = line_of('lan.host')
local found = ask('textDocument/definition', row, column)
is('a definition', true, found ~= nil and next(found) ~= nil)

-- Completion in unfinished lines
is('the server completes', 'v:lua.vim.lsp.omnifunc', vim.bo.omnifunc)
number = line_of('  use nginx')
edited(number, { '  use nginx', '  use kia' })
local function offers(line, label)
  edited(number + 1, { line })
  local offered = ask('textDocument/completion', number + 1, #line) or {}
  for _, item in ipairs(offered.items or offered) do
    if item.label == label then
      return true
    end
  end
  return false
end
is('a module is offered', true, offers('  use kia', 'kiali'))
is('a method is offered', true, offers('  node extra { ip = lan.ho', 'host'))
is('an option is offered', true, offers('  tune longhorn { repl', 'replicas'))
edited(number + 1, {})

-- Hover, as the key K does it
row, column = line_of('memory = 10GiB')
local hover = ask('textDocument/hover', row, column) or { contents = {} }
local said = hover.contents.value or ''
is('hover tells the type', true, said:find('memory : Size', 1, true) ~= nil)
is('and the value in the cluster', true, said:find('kss: `10GiB`', 1, true) ~= nil)
vim.lsp.buf.hover()
local shown
wait('hover opens a window', function()
  shown = vim.iter(vim.api.nvim_list_wins()):find(function(window)
    return vim.api.nvim_win_get_config(window).relative ~= ''
  end)
  return shown ~= nil
end)
if shown then
  vim.api.nvim_win_close(shown, true)
end

-- Rename: everywhere in the file, and nothing else
local before = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
row, column = line_of('let lan =')
vim.api.nvim_win_set_cursor(0, { row, column + 4 })
vim.lsp.buf.rename('home-net')
local function text()
  return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
end
wait('a rename changes the file', function()
  return text() ~= before
end)
local renamed = before:gsub('let lan =', 'let home-net ='):gsub('([^.%w])lan%.host', '%1home-net.host')
is('every use is renamed', renamed, text())
vim.cmd('silent undo')
wait('and all is well afterwards', function()
  return text() == before and #vim.diagnostic.get(0) == 0
end)

-- Formatting
number = line_of('  use nginx')
edited(number, { '     use    nginx' })
vim.lsp.buf.format({ timeout_ms = 60000 })
is('the file is laid out', before, text())

-- Why, of what was typed just now, and outputs
row, column = line_of('memory = 10GiB')
local line = vim.api.nvim_buf_get_lines(0, row - 1, row, false)[1]
edited(row, { (line:gsub('10GiB', '11GiB')) })
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
is('with the value', true, told:find('11GiB', 1, true) ~= nil and told:find('kss.kss', 1, true) ~= nil)
edited(row, { line })

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
