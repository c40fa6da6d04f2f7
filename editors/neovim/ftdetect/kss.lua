vim.filetype.add({ extension = { kss = 'kss' } })
