-- Appends a batch of events. KEYS, further: of each event, what is known of its id, and
-- the list of its repeats. ARGV, further: how long to know an id, in ms; how many repeats
-- to keep, 0 for a repair, whose repeats are not webhooks; then of each event its tag,
-- its body's digest, its JSON and its packet. Returns of each its id, tag, time and verdict.
local ttl, most = ARGV[4], tonumber(ARGV[5])

local top, cut = fence()
local at = now()
local told = {}

-- again handles an event whose id is known. A known tag means that an earlier attempt of
-- this very append got through, and only its answer was lost.
local function again(repeats, known, tag, digest, raw)
  local verdict = 'conflict'
  if known.tag == tag then return 'fresh' end
  if known.digest == digest then verdict, raw = 'duplicate', '' end
  if redis.call('LLEN', repeats) < most then
    redis.call('RPUSH', repeats, text(math.max(at, known.at)) .. ' ' .. verdict .. ' ' .. raw)
    redis.call('PEXPIRE', repeats, ttl)
  end
  return verdict
end

-- look returns what is known of an id. What the log knew before it was lost is void.
local function look(key, repeats)
  local text = redis.call('GET', key)
  if not text then return nil end
  local id, tag, at, digest = string.match(text, '^(%S+) (%x+) (%d+) (.*)$')
  if tonumber(string.match(id, '^%d+')) < cut then
    redis.call('DEL', repeats)
    return nil
  end
  return { id = id, tag = tag, at = tonumber(at), digest = digest }
end

for i = 1, (#KEYS - 2) / 2 do
  local seen, repeats = KEYS[2 * i + 1], KEYS[2 * i + 2]
  local tag, digest, event, raw = unpack(ARGV, 4 * i + 2, 4 * i + 5)
  local known = look(seen, repeats)
  if known then
    told[i] = { known.id, known.tag, text(known.at), again(repeats, known, tag, digest, raw) }
  else
    top = add(top, top.epoch, tag, at, event, raw)
    redis.call('SET', seen, top.id .. ' ' .. tag .. ' ' .. text(top.at) .. ' ' .. digest, 'PX', ttl)
    told[i] = { top.id, tag, text(top.at), 'fresh' }
  end
end

-- Always a write: WAIT counts the replicas that have this connection's last write, and
-- would be content at once if a repeat had written nothing.
redis.call('HSET', meta, 'at', text(at))
publish()
return told
