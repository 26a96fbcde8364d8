#!lua
-- What every script that writes begins with. Redis runs a script alone and as one effect on
-- the replicas, but does not roll it back: so everything is checked before the first write.
--
-- Epochs are milliseconds, below 2^53, which Lua's numbers hold exactly; tostring would
-- print 1e+14. Sequences are never touched: an id is taken as text from XADD's reply.
--
-- The keys share one hash tag, so that a Cluster keeps them in one slot. KEYS: log, meta.
-- ARGV: the publishing command, its channel, and a tag for an epoch's entry.
local log, meta = KEYS[1], KEYS[2]
local publishing, channel, epochTag = ARGV[1], ARGV[2], ARGV[3]

local function text(n) return string.format('%.0f', n) end

-- now is the time for what follows top. It never runs back, whatever the clock does:
-- retention takes entries in order.
local function now(top)
  local t = redis.call('TIME')
  local at = t[1] * 1000 + math.floor(t[2] / 1000)
  return top and math.max(at, top.at) or at
end

-- An entry's fields stand in the order in which add writes them.
local function newest()
  local top = redis.call('XREVRANGE', log, '+', '-', 'COUNT', 1)[1]
  if not top then return nil end
  local id, f = top[1], top[2]
  return { id = id, tag = f[2], at = tonumber(f[6]), epoch = tonumber(string.match(id, '^%d+')) }
end

local frames = {}

-- add writes an entry of the time at, after the one with the tag prev, and returns its id.
-- epoch and at are text: to print a number takes as long as to write an entry.
local function add(epoch, prev, tag, at, event, raw)
  local id = redis.call('XADD', log, epoch .. '-*', 'tag', tag, 'prev', prev, 'at', at, 'event', event, 'raw', raw)
  frames[#frames + 1] = string.format('entry %s-%s %s %s %d %d\n', id, tag, prev, at, #event, #raw)
  frames[#frames + 1] = event
  frames[#frames + 1] = raw
  return id
end

-- publish tells the tails. A frame is a hint; the stream is the truth.
local function publish()
  if #frames > 0 then redis.call(publishing, channel, table.concat(frames)) end
end

-- fence begins a new epoch when this Redis may not have the history that the last writer
-- saw: the log is gone, or the replication id is another one. It names a history of the
-- data set, and changes when a replica is promoted and when a server starts
-- (redis.io/docs, replication). Running it before every write, not only on new
-- connections, costs a microsecond and needs no assumption about which connections
-- outlive a promotion. A user who may not call INFO is left with the tags alone.
local function fence()
  local info = redis.pcall('INFO', 'replication')
  local replid = type(info) == 'string' and string.match(info, 'master_replid:(%x+)') or 'unknown'
  local known = redis.call('HMGET', meta, 'epoch', 'replid', 'cut')
  local epoch, cut = tonumber(known[1] or 0), tonumber(known[3] or 0)
  local top = newest()
  if top and top.epoch == epoch and known[2] == replid then return top, cut end

  local at = now(top)
  epoch = math.max(at, epoch + 1, top and top.epoch + 1 or 0)
  if not top then cut = epoch end -- whatever was before is lost, not trimmed
  redis.call('HSET', meta, 'epoch', text(epoch), 'replid', replid, 'cut', text(cut))
  local id = add(text(epoch), top and top.tag or '00000000', epochTag, text(at), '', '')
  return { id = id, tag = epochTag, at = at, epoch = epoch }, cut
end
