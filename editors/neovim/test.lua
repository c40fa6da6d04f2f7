-- Tests of the Neovim files. `test` beside it runs them: nvim --clean -l test.lua
local here = vim.fn.fnamemodify(debug.getinfo(1, 'S').source:sub(2), ':p:h')
vim.opt.runtimepath:prepend(here)
vim.cmd('filetype plugin indent on')
vim.cmd('syntax on')
for _, file in ipairs({ 'ftdetect/kss.lua', 'plugin/kss.lua' }) do
  dofile(here .. '/' .. file)
end

local passed, failed = 0, {}
local function is(what, wanted, found)
  if vim.deep_equal(wanted, found) then
    passed = passed + 1
  else
    table.insert(failed, ('%s: wanted %s, found %s'):format(what, vim.inspect(wanted), vim.inspect(found)))
  end
end

local function source(text, name)
  local file = vim.fn.tempname() .. '-' .. name
  vim.fn.writefile(vim.split(text, '\n'), file)
  return file
end

-- A server that is only recorded, in the way of `vim.lsp.rpc`: it answers our own requests.
local asked = {}
local function server(dispatchers)
  local closing = false
  return {
    request = function(method, params, callback)
      table.insert(asked, { method, params })
      local place = { uri = vim.uri_from_fname(here .. '/../../clusters/kcs.kss'), range = { start = { line = 4, character = 2 }, ['end'] = { line = 4, character = 3 } } }
      local late = { uri = place.uri, range = { start = { line = 9, character = 0 }, ['end'] = { line = 9, character = 1 } } }
      local why = { scope = 'kcs', value = '14GiB', steps = { { role = 'default', won = false, location = late }, { role = 'plain', won = true, location = place } } }
      local answers = {
        initialize = { capabilities = { textDocumentSync = 1 } },
        shutdown = vim.NIL,
        ['kss/why'] = { why },
        ['kss/sourceOf'] = why,
        ['kss/outputs'] = { { path = 'a/b.yaml', text = 'c: 1\n' } },
        ['kss/generatedOf'] = { { path = 'README.md', line = 2, uri = vim.uri_from_fname(here .. '/README.md') } },
      }
      callback(nil, answers[method])
      return true, #asked
    end,
    notify = function(method)
      if method == 'exit' then
        closing = true
        dispatchers.on_exit(0, 15)
      end
      return true
    end,
    is_closing = function()
      return closing
    end,
    terminate = function()
      closing = true
    end,
  }
end

local kss = require('kss')
is('the command', { 'kssc', 'lsp' }, kss.config().cmd)
kss.setup({ settings = { kss = { evaluate = false } } })
is('settings are sent at the start', { kss = { evaluate = false } }, kss.config().init_options)

-- Where `vim.lsp.config` is not there, a buffer starts the server by itself.
vim.g.kss_server = false
local file = source('module a {\n  for = "x ${y}"\n  use canal\n}\n', 'a.kss')
vim.cmd.edit(file)
is('the file type', 'kss', vim.bo.filetype)
is('comments', '# %s', vim.bo.commentstring)

local function captures(row, col)
  local names = {}
  for _, capture in ipairs(vim.treesitter.get_captures_at_pos(0, row, col)) do
    table.insert(names, capture.capture)
  end
  return names
end

vim.treesitter.get_parser(0, 'kss'):parse(true)
is('a keyword', true, vim.tbl_contains(captures(0, 0), 'keyword'))
is('a field', true, vim.tbl_contains(captures(1, 2), 'property'))
is('a word of the field is no keyword', false, vim.tbl_contains(captures(1, 2), 'keyword'))
is('a used module', true, vim.tbl_contains(captures(2, 6), 'module'))
for _, query in ipairs({ 'highlights', 'injections', 'folds', 'locals', 'indents', 'textobjects' }) do
  is('the query ' .. query, true, vim.treesitter.query.get('kss', query) ~= nil)
end
is('a fold', '>1', vim.treesitter.foldexpr(1))

-- The server, and its own requests.
kss.setup({ cmd = server })
local config = kss.config()
config.root_dir = vim.fs.dirname(file)
local id = vim.lsp.start(config)
is('it starts', true, id ~= nil and vim.wait(1000, function()
  local get = vim.lsp.get_clients or vim.lsp.get_active_clients
  local client = get({ name = 'kss' })[1]
  return client ~= nil and client.initialized == true
end))

local function request(run, method)
  asked = {}
  run()
  vim.wait(500, function()
    return #asked > 0
  end)
  vim.wait(50)
  is('the request of ' .. method, method, (asked[1] or {})[1])
  return (asked[1] or {})[2] or {}
end

is('a position is asked for', true, request(vim.cmd.KssWhy, 'kss/why').position ~= nil)
local float = vim.iter(vim.api.nvim_list_wins()):find(function(window)
  return vim.api.nvim_win_get_config(window).relative ~= ''
end)
local told = float and table.concat(vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(float), 0, -1, false), '\n') or ''
is('the answer is shown', true, told:find('14GiB', 1, true) ~= nil and told:find('kcs.kss:5', 1, true) ~= nil)

is('outputs are asked for at the cursor', true, request(vim.cmd.KssOutputs, 'kss/outputs').position ~= nil)
is('the output is shown', { 'c: 1', '' }, vim.api.nvim_buf_get_lines(0, 0, -1, false))
is('with its colours', 'yaml', vim.bo.filetype)
vim.api.nvim_win_set_cursor(0, { 2, 0 })
local params = request(vim.cmd.KssSource, 'kss/sourceOf')
is('the line of the preview', { 'a/b.yaml', 1, vim.uri_from_fname(file) }, { params.path, params.line, params.textDocument.uri })
is('the source is gone to', 'kcs.kss', vim.fn.fnamemodify(vim.api.nvim_buf_get_name(0), ':t'))
is('at the line that counts', 5, vim.api.nvim_win_get_cursor(0)[1])
request(vim.cmd.KssGenerated, 'kss/generatedOf')
is('the generated line', { 'README.md', 3 }, { vim.fn.fnamemodify(vim.api.nvim_buf_get_name(0), ':t'), vim.api.nvim_win_get_cursor(0)[1] })

-- Lenses
local lens = { arguments = { vim.uri_from_fname(file), { line = 0, character = 1 } } }
is('a lens asks at its place', { line = 0, character = 1 }, request(function()
  vim.lsp.commands['kss.showWhy'](lens)
end, 'kss/why').position)
for _, name in ipairs({ 'showWhy', 'showOutputs', 'showReferences', 'runTest' }) do
  is('the lens ' .. name, 'function', type(vim.lsp.commands['kss.' .. name]))
end

-- The server starts by itself: through the configuration of 0.11, or the autocommand before it.
local function attached()
  local get = vim.lsp.get_clients or vim.lsp.get_active_clients
  return vim.wait(2000, function()
    local client = get({ name = 'kss', bufnr = 0 })[1]
    return client ~= nil and client.initialized == true
  end, 20)
end
vim.g.kss_server = true
if vim.lsp.enable then
  is('the configuration of 0.11', { 'kss' }, vim.lsp.config.kss.filetypes)
  vim.lsp.enable('kss')
end
vim.cmd.edit(source('module b {}\n', 'b.kss'))
is('a server for each file', true, attached())
vim.cmd.KssRestart()
vim.wait(200)
is('it comes back', true, attached())

for _, line in ipairs(failed) do
  io.stdout:write('FAILED ' .. line .. '\n')
end
io.stdout:write(('neovim: %d passed, %d failed\n'):format(passed, #failed))
os.exit(#failed == 0 and 0 or 1)
