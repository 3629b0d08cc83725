-- Counts what processes hold. Each says in full what it holds, for as long as its lease, by the server's clock: saying so again does no
-- harm, and what a process held that died is free when its lease is over.
-- KEYS: a hash of processes with "how many", "until when". ARGV: who asks, what it holds, what it wants more, the limit of all, the
-- lease in milliseconds.
-- How many more it may hold, and how many others do.
local now = redis.call('TIME')
now = now[1] * 1000 + math.floor(now[2] / 1000)
local held, wanted, limit, lease = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local others = 0
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  if all[i] ~= ARGV[1] then
    local count, till = string.match(all[i + 1], '(%d+) (%d+)')
    if tonumber(till) > now then others = others + count else redis.call('HDEL', KEYS[1], all[i]) end
  end
end
local granted = math.max(0, math.min(wanted, limit - others - held))
if held + granted > 0 then
  redis.call('HSET', KEYS[1], ARGV[1], string.format('%d %.0f', held + granted, now + lease))
  redis.call('PEXPIRE', KEYS[1], lease)
else
  redis.call('HDEL', KEYS[1], ARGV[1])
end
return { granted, others }
