-- token, up to, most entries to drop, expiry -> whether all is done, bytes, version, owner; nothing: the token is void
local h = redis.call('HMGET', header, 'token', 'head', 'first', 'bytes', 'version', 'owner')
if h[1] ~= ARGV[1] then return {} end
local first, last = tonumber(h[3]), math.min(tonumber(ARGV[2]), tonumber(h[2]))
if last < first then return {1, h[4], h[5], h[6]} end

local stop = math.min(last, first + tonumber(ARGV[3]) - 1)
local bytes, version = tonumber(h[4]), number(h[5] + 1)
for _, entry in ipairs(redis.call('LRANGE', entries, 0, number(stop - first))) do bytes = bytes - size(entry) end
redis.call('LTRIM', entries, number(stop - first + 1), -1)
redis.call('HSET', header, 'first', number(stop + 1), 'bytes', number(bytes), 'version', version)

-- A message whose creation is gone is not there.
local gone = redis.call('ZRANGE', order, '-inf', number(stop), 'BYSCORE')
if #gone > 0 then
  redis.call('HDEL', messages, unpack(gone))
  redis.call('ZREMRANGEBYSCORE', order, '-inf', number(stop))
  keepDeltas(function(message) return redis.call('HEXISTS', messages, message) == 1 end)
end
expire(ARGV[4])
return {stop == last and 1 or 0, number(bytes), version, h[6]}
