#!lua
-- Keeps the compacted board. KEYS: log, board. ARGV: the id and tag of the entry that it
-- goes up to, and the board. An older board than the kept one changes nothing, so that of
-- several nodes the newest wins. Returns whether it was refused, and why.
local log, board = KEYS[1], KEYS[2]
local id, tag = ARGV[1], ARGV[2]

-- Both parts of an id are below 2^53.
local function before(a, b)
  local ae, as = string.match(a, '^(%d+)-(%d+)$')
  local be, bs = string.match(b, '^(%d+)-(%d+)$')
  ae, as, be, bs = tonumber(ae), tonumber(as), tonumber(be), tonumber(bs)
  return ae < be or ae == be and as < bs
end

local entry = redis.call('XRANGE', log, id, id)[1]
if not entry then
  local first = redis.call('XRANGE', log, '-', '+', 'COUNT', 1)[1]
  return first and before(id, first[1]) and 'expired' or 'rewritten'
end
if entry[2][2] ~= tag then return 'rewritten' end

local kept = redis.call('HGET', board, 'id')
if not kept or not before(id, kept) or not redis.call('XRANGE', log, kept, kept)[1] then
  redis.call('HSET', board, 'id', id, 'tag', tag, 'board', ARGV[3])
end
return ''
