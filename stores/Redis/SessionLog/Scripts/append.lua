-- token, expected head, now, members or '', open work or '', label or '', expiry, a hint per entry, entries
-- -> 0, bytes, version, owner, members as they were when committed; 1: the token is void; 2: the head has moved
local h = redis.call('HMGET', header, 'token', 'head', 'bytes', 'version', 'owner', 'members')
if h[1] ~= ARGV[1] then return {1} end
if h[2] ~= ARGV[2] then return {2} end

local hints, head, bytes, version = ARGV[8], tonumber(h[2]), tonumber(h[3]), tonumber(h[4])

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

local count = #hints
for i = 1, count do
  local entry, hint = ARGV[8 + i], string.sub(hints, i, i)
  bytes = bytes + size(entry)
  if hint ~= '.' then index(head + i, hint, entry) end
end
for i = 1, count, CHUNK do redis.call('RPUSH', entries, unpack(ARGV, 8 + i, 8 + math.min(i + CHUNK - 1, count))) end

if count > 0 then version = version + 1 end
redis.call('HSET', header, 'head', number(head + count), 'bytes', number(bytes), 'version', number(version), 'updated', ARGV[3])
if ARGV[4] == '[]' then redis.call('HDEL', header, 'members') elseif ARGV[4] ~= '' then redis.call('HSET', header, 'members', ARGV[4]) end
if ARGV[5] == '0' then redis.call('HDEL', header, 'open') elseif ARGV[5] == '1' then redis.call('HSET', header, 'open', 1) end
if ARGV[6] ~= '' then redis.call('HSET', header, 'label', ARGV[6]) end
expire(ARGV[7])
return {0, number(bytes), number(version), h[5], h[6]}
