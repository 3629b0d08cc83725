-- Lets things happen at a rate, by the server's clock: the generic cell rate algorithm. The key has the time, in microseconds, at which
-- nothing of the burst would be used any more.
-- KEYS: the time. ARGV: how many a second, how many at once.
-- 0: it may happen; else in how many microseconds it may.
local now = redis.call('TIME')
now = now[1] * 1000000 + now[2]
local interval, burst = 1000000 / ARGV[1], tonumber(ARGV[2])
local free = math.max(now, tonumber(redis.call('GET', KEYS[1]) or 0))
-- A server that took over may have a clock that is behind.
free = math.min(free, now + burst * interval)
local wait = free + interval - now - burst * interval
-- The time that is kept is rounded.
if wait > 0.5 then return math.ceil(wait) end
free = free + interval
redis.call('SET', KEYS[1], string.format('%.2f', free), 'PX', math.ceil((free - now) / 1000) + 1)
return 0
