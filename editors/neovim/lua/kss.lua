-- The language server of .kss, and its own requests.
local M = {}

-- Settings that `setup` changed.
local settings = {}

--- Takes the place of the defaults: `cmd`, and the server's settings below `settings.kss`.
---@param options? { cmd?: string[], settings?: table }
function M.setup(options)
  settings = options or {}
end

--- The configuration of the client.
function M.config()
  local server = settings.settings or {}
  return {
    name = 'kss',
    cmd = settings.cmd or { 'kssc', 'lsp' },
    filetypes = { 'kss' },
    root_markers = { 'kss.lock', '.git' },
    settings = server,
    init_options = server.kss and { kss = server.kss } or nil,
  }
end

--- Starts the server for a buffer, or attaches the running one. Only Neovim before 0.11 needs this.
function M.start(buffer)
  local config = M.config()
  local name = vim.api.nvim_buf_get_name(buffer)
  -- A command may be a function as well, that makes the connection.
  if type(config.cmd) == 'table' and vim.fn.executable(config.cmd[1]) == 0 then
    vim.notify_once(('`%s` is not there: .kss has colours alone'):format(config.cmd[1]), vim.log.levels.WARN)
    return
  end
  local found = vim.fs.find(config.root_markers, { path = vim.fs.dirname(name), upward = true })[1]
  config.root_dir = found and vim.fs.dirname(found) or vim.fs.dirname(name)
  return vim.lsp.start(config, { bufnr = buffer })
end

--- The server of this buffer, or of any: outputs have none of their own.
local function client()
  local get = vim.lsp.get_clients or vim.lsp.get_active_clients
  local found = get({ name = 'kss', bufnr = 0 })[1] or get({ name = 'kss' })[1]
  if not found then
    vim.notify('the kss server is not running', vim.log.levels.WARN)
  end
  return found
end

--- Sends one of the server's own requests, and gives the answer to `done`.
local function request(method, params, done)
  local server = client()
  if not server then
    return
  end
  local handler = vim.schedule_wrap(function(problem, answer)
    if problem then
      -- Whoever goes on typing wants the answer no more.
      if problem.code ~= vim.lsp.protocol.ErrorCodes.ContentModified then
        vim.notify(problem.message, vim.log.levels.WARN)
      end
    else
      done(answer ~= vim.NIL and answer or nil, server)
    end
  end)
  -- Requests are methods of a client since 0.11. Without the number of a buffer, what was typed in any is sent before: 0.11
  -- takes 0 for a buffer that has no changes.
  if vim.fn.has('nvim-0.11') == 1 then
    server:request(method, params, handler)
  else
    server.request(method, params, handler)
  end
end

--- The place of the cursor, as the server counts.
local function here()
  local server = client()
  return server and vim.lsp.util.make_position_params(0, server.offset_encoding)
end

--- A document of the project from which a preview came, with the path of the file; or the file itself.
local function output_here()
  local shown = vim.b.kss_output
  local uri = shown and shown.uri or vim.uri_from_bufnr(0)
  return { textDocument = { uri = uri }, path = shown and shown.path or nil, line = vim.api.nvim_win_get_cursor(0)[1] - 1 }
end

local function where(step)
  local name = vim.fn.fnamemodify(vim.uri_to_fname(step.location.uri), ':~:.')
  return ('%s:%d'):format(name, step.location.range.start.line + 1)
end

--- Answers to "why" as lines of Markdown.
local function lines_of(answers)
  local lines = {}
  for _, answer in ipairs(answers) do
    vim.list_extend(lines, { '### ' .. answer.scope, '' })
    vim.list_extend(lines, vim.list_extend(vim.list_extend({ '````' }, vim.split(answer.value, '\n')), { '````', '' }))
    for _, step in ipairs(answer.steps) do
      table.insert(lines, ('- %s %s, %s'):format(step.won and '**counts**' or 'overridden', step.role, where(step)))
    end
    table.insert(lines, '')
  end
  return lines
end

local function tell(answers)
  if not answers or #answers == 0 then
    return vim.notify('no value of the site stands here')
  end
  vim.lsp.util.open_floating_preview(lines_of(answers), 'markdown', { focus_id = 'kss_why' })
end

--- Says where the value at the cursor, or at a place, comes from, and what it overrode.
function M.why(place)
  if not place and vim.bo.filetype ~= 'kss' then
    return request('kss/sourceOf', output_here(), function(answer)
      tell(answer and { answer })
    end)
  end
  local params = place or here()
  if params then
    request('kss/why', params, tell)
  end
end

--- Opens a place. (`vim.lsp.util.show_document` fails where the cursor is on an empty line.)
local function go(uri, line)
  vim.cmd("normal! m'")
  vim.cmd.edit(vim.fn.fnameescape(vim.uri_to_fname(uri)))
  vim.api.nvim_win_set_cursor(0, { math.min(line + 1, vim.api.nvim_buf_line_count(0)), 0 })
  vim.cmd('normal! ^')
end

--- Goes to the statement that made the line of an output: the first one that counts.
function M.source()
  request('kss/sourceOf', output_here(), function(answer)
    local steps = answer and answer.steps or {}
    table.sort(steps, function(a, b)
      return a.won and not b.won
    end)
    if not steps[1] then
      return vim.notify('no line of the sources made this')
    end
    go(steps[1].location.uri, steps[1].location.range.start.line)
  end)
end

--- Goes to the line of the deploy tree that the cursor leads to.
function M.generated()
  local params = here()
  if not params then
    return
  end
  request('kss/generatedOf', params, function(found)
    local format = function(line)
      return ('%s:%d'):format(line.path, line.line + 1)
    end
    M.choose(found, 'Line', format, 'what stands here leads to no line of an output', function(line)
      if not line.uri or line.uri == vim.NIL then
        return vim.notify(('`%s` was not written yet: `kssc build`'):format(line.path))
      end
      go(line.uri, line.line)
    end)
  end)
end

--- Lets the user choose a file that the cursor, or a place, leads to, and shows it as it would be written now.
function M.outputs(place)
  local params = place or here()
  if not params then
    return
  end
  request('kss/outputs', params, function(files)
    local format = function(file)
      return file.path
    end
    M.choose(files, 'Output', format, 'what stands here leads to no output', function(file)
      M.show(file, params.textDocument.uri)
    end)
  end)
end

--- Asks which of several; says `none` where there are none.
function M.choose(all, prompt, format, none, done)
  if not all or #all == 0 then
    return vim.notify(none)
  end
  if #all == 1 then
    return done(all[1])
  end
  vim.ui.select(all, { prompt = prompt, format_item = format }, function(one)
    if one then
      done(one)
    end
  end)
end

--- Runs the tests with `title` in their name.
function M.test(folder, title)
  local config = M.config()
  local program = type(config.cmd) == 'table' and config.cmd[1]:gsub('kss%-lsp', 'kssc') or 'kssc'
  vim.cmd.new()
  local command = { program, 'test', '--filter', title }
  if vim.fn.has('nvim-0.11') == 1 then
    vim.fn.jobstart(command, { cwd = folder, term = true })
  else
    vim.fn.termopen(command, { cwd = folder })
  end
end

--- What a click on a lens does.
function M.lenses()
  local function place(command)
    return { textDocument = { uri = command.arguments[1] }, position = command.arguments[2] }
  end
  vim.lsp.commands['kss.showWhy'] = function(command)
    M.why(place(command))
  end
  vim.lsp.commands['kss.showOutputs'] = function(command)
    M.outputs(place(command))
  end
  vim.lsp.commands['kss.showReferences'] = function(command)
    local params = place(command)
    params.context = { includeDeclaration = false }
    request('textDocument/references', params, function(found, server)
      vim.fn.setqflist(vim.lsp.util.locations_to_items(found or {}, server.offset_encoding))
      vim.cmd.copen()
    end)
  end
  vim.lsp.commands['kss.runTest'] = function(command)
    M.test(command.arguments[1], command.arguments[2])
  end
end

--- Shows an output in a buffer of its own. `uri` is the document that it was asked from.
function M.show(file, uri)
  if not file.text or file.text == vim.NIL then
    return vim.notify(('`%s` is copied as it is'):format(file.path))
  end
  local buffer = vim.fn.bufadd('kss-output://' .. file.path)
  vim.fn.bufload(buffer)
  vim.bo[buffer].buftype = 'nofile'
  vim.bo[buffer].modifiable = true
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, vim.split(file.text, '\n'))
  vim.bo[buffer].modifiable = false
  vim.bo[buffer].filetype = vim.filetype.match({ filename = file.path }) or ''
  vim.b[buffer].kss_output = { uri = uri, path = file.path }
  vim.cmd.sbuffer(buffer)
end

--- Stops the server; the next buffer, and those that are open, start it anew.
function M.restart()
  local get = vim.lsp.get_clients or vim.lsp.get_active_clients
  local buffers = {}
  for _, server in ipairs(get({ name = 'kss' })) do
    vim.list_extend(buffers, vim.tbl_keys(server.attached_buffers or {}))
    -- As with requests.
    if vim.fn.has('nvim-0.11') == 1 then
      server:stop()
    else
      server.stop()
    end
  end
  vim.defer_fn(function()
    for _, buffer in ipairs(buffers) do
      if vim.api.nvim_buf_is_loaded(buffer) then
        if vim.lsp.enable then
          vim.api.nvim_exec_autocmds('FileType', { buffer = buffer, group = 'nvim.lsp.enable' })
        else
          M.start(buffer)
        end
      end
    end
  end, 500)
end

return M
