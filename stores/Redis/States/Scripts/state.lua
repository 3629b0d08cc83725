-- version or '' for none, new version or '' to clear, state -> nil; the version that is there instead, or ''
local found = redis.call('HGET', KEYS[1], 'version') or ''
if found ~= ARGV[1] then return found end
if ARGV[2] == '' then
  redis.call('DEL', KEYS[1])
else
  redis.call('HSET', KEYS[1], 'version', ARGV[2], 'state', ARGV[3])
end
return nil
