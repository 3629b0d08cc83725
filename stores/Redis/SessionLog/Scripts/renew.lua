-- token, new token, new epoch, expiry -> header; nothing: the token is void
local h = redis.call('HMGET', header, 'token', 'version')
if h[1] ~= ARGV[1] then return {} end
-- Reports of what the store has forgotten may have had higher versions.
redis.call('HSET', header, 'token', ARGV[2], 'epoch', ARGV[3], 'version', number(math.max(h[2] + 1, milliseconds())))
expire(ARGV[4])
return describe()
