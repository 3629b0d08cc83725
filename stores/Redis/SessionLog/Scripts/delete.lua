-- -> the header that was there, and what it had in the archive
local h = describe()
if h[1] then h[10] = redis.call('HGET', header, 'archived') end
redis.call('DEL', unpack(KEYS))
return h
