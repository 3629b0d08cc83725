-- token, epoch, whether to begin a log that is not there, its owner, now, expiry -> header, the token before
local before = redis.call('HGET', header, 'token')
if before then
  redis.call('HSET', header, 'token', ARGV[1])
elseif ARGV[3] == '1' then
  -- Versions of a session's later lives are higher.
  redis.call('DEL', unpack(KEYS))
  redis.call('HSET', header, 'token', ARGV[1], 'epoch', ARGV[2], 'head', 0, 'first', 1, 'owner', ARGV[4], 'updated', ARGV[5], 'bytes', 0, 'version', number(milliseconds()))
end
expire(ARGV[6])
local h = describe()
if h[1] then h[10] = before end
return h
