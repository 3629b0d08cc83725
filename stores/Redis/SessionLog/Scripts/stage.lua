-- id and key, time to live, seq of the first, a hint per entry, entries: adds them to copies of a session's keys that nobody reads yet
-- -> 1; 0: this is not what is in the archive any more
if redis.call('HGET', header, 'archived') ~= ARGV[1] then return 0 end
local first, hints = tonumber(ARGV[3]), ARGV[4]
local count = #hints
for i = 1, count do
  local hint = string.sub(hints, i, i)
  if hint ~= '.' then index(first + i - 1, hint, ARGV[4 + i]) end
end
for i = 1, count, CHUNK do redis.call('RPUSH', entries, unpack(ARGV, 4 + i, 4 + math.min(i + CHUNK - 1, count))) end
for i = 2, #KEYS do redis.call('PEXPIRE', KEYS[i], ARGV[2]) end
return 1
