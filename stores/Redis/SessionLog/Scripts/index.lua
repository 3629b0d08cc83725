-- Before the scripts that add entries.
-- Hints: R reset, C creates its message, N about its message, D a delta of it, W with its whole text.
local function index(seq, hint, entry)
  if hint == 'R' then
    redis.call('DEL', messages, order, deltas)
    return
  end
  local target = targetOf(entry)
  if not target then return end
  local known, packed = redis.call('HGET', messages, target), struct.pack('<I4', seq)
  if not known then
    if hint ~= 'C' then return end
    redis.call('ZADD', order, seq, target)
    known = '-'
  end
  local whole = string.byte(known, 1) == 119
  if hint == 'D' then
    if not whole then redis.call('RPUSH', deltas, packed .. target) end
    return
  end
  if hint == 'W' and not whole then
    keepDeltas(function(other) return other ~= target end)
    known = 'w' .. string.sub(known, 2)
  end
  redis.call('HSET', messages, target, known .. packed)
end
