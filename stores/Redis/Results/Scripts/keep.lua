-- Keeps a result for its time, and throws out what comes to its end first where the tenant has too much. All is in the tenant's slot.
-- KEYS: the result; ends of all (sorted set); their bytes (hash, the sum under ''); those of the session (set).
-- ARGV: the result, its name, what names become keys with, its time in milliseconds, most bytes.
-- 1: it is kept.
local function drop(name)
  local had = redis.call('HGET', KEYS[3], name)
  if had then
    redis.call('HINCRBY', KEYS[3], '', -had)
    redis.call('HDEL', KEYS[3], name)
  end
  redis.call('ZREM', KEYS[2], name)
  redis.call('UNLINK', ARGV[3] .. name)
end
local now = redis.call('TIME')
now = now[1] * 1000 + math.floor(now[2] / 1000)
local size, most, time = #ARGV[1] + #ARGV[2], tonumber(ARGV[5]), tonumber(ARGV[4])
for _, name in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, 100)) do drop(name) end
drop(ARGV[2])
if size > most then return 0 end
while tonumber(redis.call('HGET', KEYS[3], '') or 0) + size > most do
  local first = redis.call('ZRANGE', KEYS[2], 0, 0)[1]
  if not first then break end
  drop(first)
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', time)
redis.call('ZADD', KEYS[2], now + time, ARGV[2])
redis.call('HSET', KEYS[3], ARGV[2], size)
redis.call('HINCRBY', KEYS[3], '', size)
redis.call('SADD', KEYS[4], ARGV[2])
for i = 2, 4 do
  if redis.call('PTTL', KEYS[i]) < time then redis.call('PEXPIRE', KEYS[i], time) end
end
return 1
