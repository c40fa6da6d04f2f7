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
      local answers = {
        initialize = { capabilities = { textDocumentSync = 1 } },
        shutdown = vim.NIL,
        ['kss/why'] = { markdown = 'set **here**', places = { { location = place, label = 'plain' } } },
        ['kss/outputs'] = { files = { { path = 'a/b.yaml', uri = 'file:///a/b.yaml', text = 'c: 1\n', lines = { 0 }, changed = true } } },
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

is('a position is asked for', true, request(kss.why, 'kss/why').position ~= nil)
is('a whole file is asked for', nil, request(kss.outputs and function()
  vim.ui.select = function(items, _, choose)
    choose(items[1])
  end
  kss.outputs()
end, 'kss/outputs').position)
is('the output is shown', { 'c: 1', '' }, vim.api.nvim_buf_get_lines(0, 0, -1, false))
is('with its colours', 'yaml', vim.bo.filetype)
request(kss.source, 'kss/why')
is('the source is gone to', 'kcs.kss', vim.fn.fnamemodify(vim.api.nvim_buf_get_name(0), ':t'))
is('at its line', 5, vim.api.nvim_win_get_cursor(0)[1])

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
