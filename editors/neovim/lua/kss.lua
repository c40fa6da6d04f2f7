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

local function ask(method, whole, then_)
  local server = client()
  if not server then
    return
  end
  local params = vim.lsp.util.make_position_params(0, server.offset_encoding)
  if whole then
    params.position = nil
  end
  local handler = vim.schedule_wrap(function(problem, answer)
    if problem then
      vim.notify(problem.message, vim.log.levels.ERROR)
    else
      then_(answer ~= vim.NIL and answer or nil, server)
    end
  end)
  -- Requests are methods of a client since 0.11.
  if vim.fn.has('nvim-0.11') == 1 then
    server:request(method, params, handler, 0)
  else
    server.request(method, params, handler, 0)
  end
end

--- Says where the value at the cursor comes from, and what it overrode.
function M.why()
  ask('kss/why', false, function(answer)
    if not answer then
      return vim.notify('no value of the site stands here')
    end
    vim.lsp.util.open_floating_preview(vim.split(answer.markdown, '\n'), 'markdown', { focus_id = 'kss_why' })
  end)
end

--- Goes to the source that made the line of an output.
function M.source()
  ask('kss/why', false, function(answer, server)
    local place = answer and answer.places[1]
    if not place then
      return vim.notify('no line of the sources made this')
    end
    if vim.lsp.util.show_document then
      vim.lsp.util.show_document(place.location, server.offset_encoding, { focus = true })
    else
      vim.lsp.util.jump_to_location(place.location, server.offset_encoding, true)
    end
  end)
end

--- Lets the user choose a file that this one leads to, and shows it as it would be written now.
function M.outputs()
  ask('kss/outputs', true, function(answer)
    local files = answer and answer.files or {}
    if #files == 0 then
      return vim.notify('this file leads to no output')
    end
    local format = function(file)
      return file.path .. (file.changed and '  (changed)' or '')
    end
    vim.ui.select(files, { prompt = 'Output', format_item = format }, function(file)
      if file then
        M.show(file)
      end
    end)
  end)
end

--- Shows an output in a buffer of its own.
function M.show(file)
  local name = 'kss-output://' .. file.path
  local buffer = vim.fn.bufadd(name)
  vim.fn.bufload(buffer)
  vim.bo[buffer].buftype = 'nofile'
  vim.bo[buffer].modifiable = true
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, vim.split(file.text, '\n'))
  vim.bo[buffer].modifiable = false
  vim.bo[buffer].filetype = vim.filetype.match({ filename = file.path }) or ''
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
