-- Appends a batch of events. KEYS, further: of each event, what is known of its id, and
-- the list of its repeats. ARGV, further: how long to know an id, in ms; how many repeats
-- to keep, 0 for a repair, whose repeats are not webhooks; then of each event its tag,
-- its body's digest, its JSON and its packet. Returns a line of each: its position, time and
-- verdict.
local ttl, most = ARGV[4], tonumber(ARGV[5])

local top, cut = fence()
local at = now(top)
local epoch, atText = text(top.epoch), text(at)
local prev = top.tag
local told = {}

-- again handles an event whose id is known. A known tag means that an earlier attempt of
-- this very append got through, and only its answer was lost.
local function again(repeats, known, tag, digest, raw)
  local verdict = 'conflict'
  if known.tag == tag then return 'fresh' end
  if known.digest == digest then verdict, raw = 'duplicate', '' end
  if redis.call('LLEN', repeats) < most then
    redis.call('RPUSH', repeats, atText .. ' ' .. verdict .. ' ' .. raw)
    redis.call('PEXPIRE', repeats, ttl)
  end
  return verdict
end

-- look returns what is known of an id. What the log knew before it was lost is void.
local function look(key, repeats)
  local text = redis.call('GET', key)
  if not text then return nil end
  local id, tag, since, digest = string.match(text, '^(%S+) (%x+) (%d+) (.*)$')
  if tonumber(string.match(id, '^%d+')) < cut then
    redis.call('DEL', repeats)
    return nil
  end
  return { id = id, tag = tag, since = since, digest = digest }
end

for i = 1, (#KEYS - 2) / 2 do
  local seen, repeats = KEYS[2 * i + 1], KEYS[2 * i + 2]
  local tag, digest, event, raw = unpack(ARGV, 4 * i + 2, 4 * i + 5)
  local known = look(seen, repeats)
  if known then
    told[i] = known.id .. '-' .. known.tag .. ' ' .. known.since .. ' ' .. again(repeats, known, tag, digest, raw)
  else
    local id = add(epoch, prev, tag, atText, event, raw)
    redis.call('SET', seen, id .. ' ' .. tag .. ' ' .. atText .. ' ' .. digest, 'PX', ttl)
    told[i] = id .. '-' .. tag .. ' ' .. atText .. ' fresh'
    prev = tag
  end
end

-- Always a write: WAIT counts the replicas that have this connection's last write, and
-- would be content at once if a repeat had written nothing.
redis.call('HSET', meta, 'at', atText)
publish()
return table.concat(told, '\n')
