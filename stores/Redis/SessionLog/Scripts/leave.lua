-- id, id and key, then what the claim gave: token, head, version, updated, snapshot's version
-- -> 1: the session is in the archive; 0: it is in use, or no longer what was written there
local h = redis.call('HMGET', header, 'moving', 'token', 'head', 'version', 'updated', 'open', 'archived')
if h[6] or h[7] or h[1] ~= ARGV[1] then return 0 end
if h[2] ~= ARGV[3] or h[3] ~= ARGV[4] or h[4] ~= ARGV[5] or h[5] ~= ARGV[6] then return 0 end
if (redis.call('HGET', snapshot, 'version') or '') ~= ARGV[7] then return 0 end
local check = checkOfLast()
redis.call('DEL', entries, messages, order, deltas, snapshot)
redis.call('HSET', header, 'archived', ARGV[2])
if check then redis.call('HSET', header, 'check', check) end
redis.call('HDEL', header, 'moving', 'used')
return 1
