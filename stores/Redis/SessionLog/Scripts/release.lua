-- id -> 1: the session is in the archive under it; 0: it is not, and from now on never will be
local archived = redis.call('HGET', KEYS[1], 'archived')
if archived and string.sub(archived, 1, #ARGV[1]) == ARGV[1] then return 1 end
if redis.call('HGET', KEYS[1], 'moving') == ARGV[1] then redis.call('HDEL', KEYS[1], 'moving') end
return 0
