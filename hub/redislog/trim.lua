#!lua
-- Forgets some of the oldest entries, but none at or after the stored board: a start needs
-- what follows the board, and the board's own entry to prove that it follows. KEYS: log,
-- board. ARGV: forget what is from before this time, in ms; forget what exceeds this many
-- bytes, 0 for no bound; forget at most so many entries. Returns how many.
local log, board = KEYS[1], KEYS[2]
local cutoff, most, step = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])

local function parts(id)
  local epoch, seq = string.match(id, '^(%d+)-(%d+)$')
  return epoch, tonumber(seq)
end

local stored = redis.call('HGET', board, 'id')
local first = redis.call('XRANGE', log, '-', '+', 'COUNT', 1)[1]
if not stored or not first then return 0 end
local epoch, low = parts(first[1])

-- The sequences of an epoch have no gaps, so its entries are found by arithmetic. One
-- epoch at a time; the next call takes the next.
local last = redis.call('XREVRANGE', log, epoch, epoch, 'COUNT', 1)[1]
local _, high = parts(last[1])
local boardEpoch, boardSeq = parts(stored)

local function at(seq)
  local id = epoch .. '-' .. string.format('%.0f', seq)
  return tonumber(redis.call('XRANGE', log, id, id)[1][2][6])
end

-- Times never run back, so the first entry that is young enough is found by halving.
local function firstYoung()
  local from, to = low, high + 1
  while from < to do
    local mid = math.floor((from + to) / 2)
    if at(mid) < cutoff then from = mid + 1 else to = mid end
  end
  return from
end

local keep = firstYoung()
if most > 0 then
  local bytes, length = redis.call('MEMORY', 'USAGE', log), redis.call('XLEN', log)
  if bytes > most then
    keep = math.max(keep, low + math.ceil(length * (1 - most / bytes)))
  end
end
keep = math.min(keep, low + step, high + 1)
if boardEpoch == epoch then keep = math.min(keep, boardSeq) end
if tonumber(boardEpoch) < tonumber(epoch) or keep <= low then return 0 end
return redis.call('XTRIM', log, 'MINID', epoch .. '-' .. string.format('%.0f', keep))
