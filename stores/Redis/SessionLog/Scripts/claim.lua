-- id, idle since -> token, head, first, version, updated, snapshot's version of a session that may go to the archive under that id;
-- nothing: it may not
local h = redis.call('HMGET', header, 'token', 'head', 'first', 'version', 'updated', 'open', 'archived', 'used')
if not h[1] or h[6] or h[7] then return {} end
if tonumber(h[5]) >= tonumber(ARGV[2]) or tonumber(h[8] or 0) >= tonumber(ARGV[2]) then return {} end
if tonumber(h[2]) < tonumber(h[3]) and redis.call('EXISTS', snapshot) == 0 then return {} end
redis.call('HSET', header, 'moving', ARGV[1])
return {h[1], h[2], h[3], h[4], h[5], redis.call('HGET', snapshot, 'version') or ''}
