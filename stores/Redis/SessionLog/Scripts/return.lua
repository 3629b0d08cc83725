-- The session's keys, then the copies of all but its header. id and key, now, expiry, snapshot's version or '', snapshot
-- -> 1: the session is back; 0: this is not what is in the archive any more; 2: the copies are not whole
local h = redis.call('HMGET', header, 'archived', 'head', 'first')
local copies = {unpack(KEYS, 7)}
if h[1] ~= ARGV[1] then
  redis.call('DEL', unpack(copies))
  return 0
end
if redis.call('LLEN', copies[1]) ~= h[2] - h[3] + 1 then
  redis.call('DEL', unpack(copies))
  return 2
end
for i, copy in ipairs(copies) do
  redis.call('DEL', KEYS[1 + i])
  if redis.call('EXISTS', copy) == 1 then
    redis.call('RENAME', copy, KEYS[1 + i])
    redis.call('PERSIST', KEYS[1 + i])
  end
end
if ARGV[4] ~= '' then redis.call('HSET', snapshot, 'version', ARGV[4], 'state', ARGV[5]) end
redis.call('HDEL', header, 'archived', 'check')
redis.call('HSET', header, 'used', ARGV[2])
expire(ARGV[3])
return 1
