-- Removes the results of a session's calls.
-- KEYS: those of the session (set); ends of all (sorted set); bytes of all (hash). ARGV: what names become keys with.
-- How many there were.
local names = redis.call('SMEMBERS', KEYS[1])
for _, name in ipairs(names) do
  local had = redis.call('HGET', KEYS[3], name)
  if had then
    redis.call('HINCRBY', KEYS[3], '', -had)
    redis.call('HDEL', KEYS[3], name)
  end
  redis.call('ZREM', KEYS[2], name)
  redis.call('UNLINK', ARGV[1] .. name)
end
redis.call('DEL', KEYS[1])
return #names
