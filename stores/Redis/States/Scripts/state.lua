-- Replaces or removes a grain's state, if it is the one that the caller knows.
-- KEYS: the state (hash). ARGV: the version that the caller knows ('' for none), the next one ('' to remove it), the state.
-- Nothing: done; else the version of the one that is there ('' for none).
local version = redis.call('HGET', KEYS[1], 'version') or ''
if version ~= ARGV[1] then return version end
if ARGV[2] == '' then
  redis.call('UNLINK', KEYS[1])
else
  redis.call('HSET', KEYS[1], 'version', ARGV[2], 'state', ARGV[3])
end
return false
