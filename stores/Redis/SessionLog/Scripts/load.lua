-- -> the snapshot's version and state; nothing: there is none
if redis.call('HEXISTS', header, 'archived') == 1 then return redis.error_reply(AWAY) end
local s = redis.call('HMGET', snapshot, 'version', 'state')
return s[1] and s or {}
