-- -> the header that was there
local h = describe()
redis.call('DEL', unpack(KEYS))
return h
